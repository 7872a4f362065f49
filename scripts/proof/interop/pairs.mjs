// The comparisons of one network: for each origin of the weights and program that computes, the largest logit
// difference.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '#data/files/safetensors';
import { openOnnxSession } from '#data/runtimes/onnx-session';
import { openBackend } from '#networks/tensor/backend';
import { readGivenWeights } from '#networks/weights/network-weights';
import { difference } from '#tasks/export/check-export';
import { noiseImages, ourLogits, pixelsOf } from './ours.mjs';
import { exported, inTimm, subjectOf } from './subjects.mjs';

/** timm's arguments for each value of `--convention`. */
const conventions = {
  timm: { pad_type: '', bn_eps: 1e-5 },
  tensorflow: { pad_type: 'same', bn_eps: 1e-3 },
};

/**
 * Yields the comparisons of one network as they finish.
 *
 * @param others    the server of others.py
 * @param folder    a folder for temporary files
 * @param searched  a finished training run, or undefined to make one
 */
export async function* pairsOf(name, { others, folder, searched }) {
  openBackend({});
  const own = join(folder, name);
  mkdirSync(own);
  const { source, network, tensors } = await subjectOf(name, { folder: own, searched });
  const { logits, pixels, images } = tried(network, tensors, own);
  const ask = async (asked) =>
    Float32Array.from((await others.ask(JSON.stringify({ ...asked, pixels }))).logits.flat());
  const ours = { network: name, weights: 'ours', convention: 'ours' };
  const timm = exported(source, own, 'timm');
  yield { ...ours, logits: 'timm', ...compared(await ask({ timm }), logits) };
  for (const [how, flag] of Object.entries({ folded: '--fold', unfolded: '--no-fold' })) {
    const onnx = join(exported(source, own, 'onnx', flag), 'model.onnx');
    yield { ...ours, logits: `ONNX Runtime, ${how}`, ...compared(await ask({ onnx }), logits) };
    yield { ...ours, logits: `ONNX Runtime in Node, ${how}`, ...compared(await inNode(onnx, network, images), logits) };
  }
  for (const [convention, told] of Object.entries(name in inTimm ? conventions : {})) {
    const state = join(own, `${convention}.safetensors`);
    const expected = await ask({ create: inTimm[name], arguments: told, state });
    const read = readGivenWeights(network, state, { convention });
    const found = ourLogits(read.network, read.weights, images);
    yield { network: name, weights: 'timm', logits: 'ours', convention, ...compared(found, expected) };
  }
}

/** Images, our logits for them, and the file of pixels that the other programs read. */
function tried(network, tensors, folder) {
  const images = noiseImages(network);
  const pixels = join(folder, 'pixels.safetensors');
  writeSafetensors(pixels, new Map([['pixels', pixelsOf(network, images)]]));
  return { images, pixels, logits: ourLogits(network, tensors, images) };
}

/** Logits from the runtime that our own commands use. */
async function inNode(file, network, images) {
  const session = await openOnnxSession(file, { name: file });
  const { values, shape } = pixelsOf(network, images);
  const logits = await session.run(values, shape);
  await session.release();
  return logits;
}

function compared(found, expected) {
  const { maxAbsolute: absolute, maxRelative: relative } = difference(found, expected);
  return { absolute, relative };
}
