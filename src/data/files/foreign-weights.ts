/** Recognises weights in unsupported formats, and tells how to convert them. */
import { basename } from 'node:path';
import { Failure } from '#core/failure';
import { type FileKind, fileKind } from '#core/files/file-kind';

type Readable = Extract<FileKind, 'safetensors' | 'an ONNX model'>;

/** The data failure for a file of another kind than expected; undefined if it is of that kind or of an unknown one. */
export function foreignWeights(file: string, bytes: Uint8Array, expected: Readable): Failure | undefined {
  const kind = /\.data-\d{5}-of-\d{5}$/.test(file) ? 'a TensorFlow checkpoint' : fileKind(bytes);
  if (kind === undefined || kind === expected) return undefined;
  return new Failure('data', { file, message: `expected ${expected}; got ${kind}` }, remedyFor(kind, file));
}

function remedyFor(kind: FileKind, file: string): string {
  const name = basename(file);
  const renamed = `${name.replace(/\.\w+$/, '')}.safetensors`;
  const converted = JSON.stringify(renamed === name ? 'converted.safetensors' : renamed);
  switch (kind) {
    case 'a PyTorch checkpoint':
      return `convert it, in Python:
import torch; from safetensors.torch import save_file; state = torch.load(${JSON.stringify(name)}, map_location="cpu", weights_only=True)
save_file({k: v.contiguous().clone() for k, v in state.get("state_dict", state).items()}, ${converted})`;
    case 'a NumPy archive':
      return `convert it, in Python, where its names are ours or timm's:
import numpy; from safetensors.numpy import save_file
save_file(dict(numpy.load(${JSON.stringify(name)})), ${converted})`;
    case 'safetensors':
      return 'give it a name that ends in .safetensors';
    case 'an ONNX model':
      return 'give it a name that ends in .onnx';
    case 'a pointer of Git LFS':
      return 'fetch the file that it stands for: git lfs pull';
    case 'a web page':
      return 'download the file itself instead of the page that shows it (Hugging Face: /resolve/ in place of /blob/)';
    case 'a compressed file':
    case 'a tar archive':
    case 'a zip archive':
      return 'unpack it, and name the file of weights inside';
    default:
      return "give safetensors in our names or timm's, or an ONNX model that `mnv4-nas export` wrote";
  }
}
