/** Weights whose names all begin alike: with `module.`, `model.` or `_orig_mod.`, as PyTorch's wrappers save them. */
import type { Tensors } from '../runs/safetensors.js';

/** A tensor that a network always has, in each way to name its weights: what stands before it is the prefix. */
const anchors = ['conv_stem.weight', 'head.fc.kernel'];

/** The tensors without the prefix that all of their names have; '' where they have none, or not all of them. */
export function withoutPrefix(tensors: Tensors): { prefix: string; tensors: Tensors } {
  const names = [...tensors.keys()];
  const prefixes = names.flatMap((name) =>
    anchors.filter((anchor) => name.endsWith(anchor)).map((anchor) => name.slice(0, -anchor.length)),
  );
  const [prefix = ''] = prefixes;
  if (prefix === '' || prefixes.length > 1 || !names.every((name) => name.startsWith(prefix)))
    return { prefix: '', tensors };
  return { prefix, tensors: new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])) };
}
