/** Common prefixes of weight names: `module.`, `model.` or `_orig_mod.`, as PyTorch's wrappers save them. */
import { Failure } from '#core/failure';
import { shown } from '#core/shown';
import type { Tensors } from '#data/files/safetensors';

/** A tensor that every network has, in each naming scheme; the text before it is the prefix. */
const anchors = ['conv_stem.weight', 'head.fc.kernel'];

/**
 * The tensors without the prefix that all their names have in common, and that prefix, '' if there is none.
 *
 * @throws Failure `data` when only some of the names have the prefix
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
    throw new Failure('data', { file, message }, 'keep the tensors of one network, all with the same prefix');
  }
  return { prefix, tensors: new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])) };
}
