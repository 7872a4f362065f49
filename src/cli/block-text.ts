/** Blocks in a few words: `uib 3,5 s2 e6 (ExtraDW)`. */
import { assertNever } from '../core/assert-never.js';
import { type BlockSpec, uibVariant } from '../space/block.js';

/** A block's kind, kernels, stride above 1 and expansion; its width stands in a column of its own. */
export function blockText(block: BlockSpec): string {
  const stride = block.stride > 1 ? ` s${block.stride}` : '';
  switch (block.kind) {
    case 'conv':
      return `conv ${block.kernel}${stride}`;
    case 'fusedIb':
      return `fusedIb ${block.kernel}${stride} e${block.expand}`;
    case 'uib':
      return `uib ${block.startKernel},${block.midKernel}${stride} e${block.expand} (${uibVariant(block)})`;
    default:
      return assertNever(block);
  }
}
