/** Blocks as the chain of their layers: `dw 3x3 ─ 1x1 96 ─ dw 5x5 /2 ─ 1x1 24`. */
import { assertNever } from '#core/assert-never';
import { type BlockSpec, expandedChannels, isResidual } from '#networks/space/block';

/** A block's layers in order, each with its width where it changes and its stride as `/2`; a residual ends in `+`. */
export function blockDrawing(block: BlockSpec, inputChannels: number): string {
  const chain = layers(block, inputChannels).join(' ─ ');
  return isResidual(inputChannels, block) ? `${chain} +` : chain;
}

function layers(block: BlockSpec, inputChannels: number): string[] {
  const { out, stride } = block;
  switch (block.kind) {
    case 'conv':
      return [spatial('conv', block.kernel, stride, out)];
    case 'fusedIb':
      return [spatial('conv', block.kernel, stride, expandedChannels(inputChannels, block.expand)), `1x1 ${out}`];
    case 'uib': {
      const { startKernel, midKernel } = block;
      const start = startKernel === 0 ? [] : [spatial('dw', startKernel, midKernel === 0 ? stride : 1)];
      const mid = midKernel === 0 ? [] : [spatial('dw', midKernel, stride)];
      return [...start, `1x1 ${expandedChannels(inputChannels, block.expand)}`, ...mid, `1x1 ${out}`];
    }
    case 'mqa':
    case 'mha': {
      const { kind, heads, keyDim, kvStride } = block;
      return [`${kind} ${heads} x ${keyDim}${kvStride > 1 ? ` kv /${kvStride}` : ''}`, `1x1 ${out}`];
    }
    case 'dwSep':
      return [spatial('dw', block.kernel, stride), `1x1 ${out}`];
    case 'invertedResidual': {
      const { kernel, expand, squeeze } = block;
      const wide = expand === 1 ? [] : [`1x1 ${expandedChannels(inputChannels, expand)}`];
      return [...wide, spatial('dw', kernel, stride), ...(squeeze ? ['squeeze'] : []), `1x1 ${out}`];
    }
    default:
      return assertNever(block);
  }
}

function spatial(what: string, kernel: number, stride: number, out?: number): string {
  const width = out === undefined ? '' : ` ${out}`;
  return `${what} ${kernel}x${kernel}${width}${stride > 1 ? ` /${stride}` : ''}`;
}
