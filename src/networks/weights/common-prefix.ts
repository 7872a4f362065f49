/** Weights whose names all begin alike: with `module.`, `model.` or `_orig_mod.`, as PyTorch's wrappers save them. */
import { Failure } from '#core/failure';
import { shown } from '#core/shown';
import type { Tensors } from '#data/files/safetensors';

/** A tensor that a network always has, in each way to name its weights: what stands before it is the prefix. */
const anchors = ['conv_stem.weight', 'head.fc.kernel'];

/**
 * The tensors without the prefix that all of their names have, '' where they have none; a failure where others do not.
 */
export function withoutPrefix(tensors: Tensors, file: string): { prefix: string; tensors: Tensors } {
  const names = [...tensors.keys()];
  const prefixes = names.flatMap((name) =>
    anchors.filter((anchor) => name.endsWith(anchor)).map((anchor) => name.slice(0, -anchor.length)),
  );
  const [prefix = ''] = prefixes;
  if (prefix === '' || prefixes.includes('')) return { prefix: '', tensors };
  const other = names.find((name) => !name.startsWith(prefix));
  if (other !== undefined) {
    const message = `expected names that all begin with ${shown(prefix)}; got ${shown(other)}`;
    throw new Failure('data', { file, message }, 'keep the tensors of one network, and name them alike');
  }
  return { prefix, tensors: new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])) };
}
