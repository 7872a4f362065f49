/** Blocks in a few words: `uib 3,5 s2 e6 (ExtraDW)`. */
import { assertNever } from '#core/assert-never';
import { type BlockSpec, uibVariant } from '#networks/space/block';

/** A block's kind, kernels, stride above 1 and expansion; its width has a separate column. */
export function blockText(block: BlockSpec): string {
  const stride = block.stride > 1 ? ` s${block.stride}` : '';
  switch (block.kind) {
    case 'conv':
      return `conv ${block.kernel}${stride}`;
    case 'fusedIb':
      return `fusedIb ${block.kernel}${stride} e${block.expand}`;
    case 'uib':
      return `uib ${block.startKernel},${block.midKernel}${stride} e${block.expand} (${uibVariant(block)})`;
    case 'mqa':
    case 'mha': {
      const { kind, heads, keyDim, valueDim, kvStride } = block;
      const dims = keyDim === valueDim ? `${keyDim}` : `${keyDim},${valueDim}`;
      return `${kind} ${heads} x ${dims}${kvStride > 1 ? ` kv s${kvStride}` : ''}`;
    }
    case 'dwSep':
      return `dwSep ${block.kernel}${stride}`;
    case 'invertedResidual': {
      const { kernel, expand, squeeze, activation = '' } = block;
      return ['invertedResidual', `${kernel}${stride}`, `e${expand}`, squeeze ? 'squeeze' : '', activation]
        .filter((word) => word !== '')
        .join(' ');
    }
    default:
      return assertNever(block);
  }
}
