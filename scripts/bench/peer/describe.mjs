// A selection as plain layers, for the side that does not know our spaces: the layers that `supernet/super-forward.ts`
// and `nn/blocks` would run, with the names of their weights.
import { assertNever } from '#core/assert-never';
import { expandedChannels, isResidual } from '#networks/space/block';
import { closeBlock, decide, isChoice } from '#networks/space/space';

/**
 * A convolution and its batch norm. `branches` lists the prefixes of their weights, null for the identity, and the
 * layer's output is their mean.
 *
 * @typedef {{ branches: (string | null)[], depthwise: boolean, stride: number, in: number, out: number,
 *   activated: boolean }} Layer
 */

/**
 * Blocks, the layers of the head before and after pooling, and the width that the last layer sees.
 *
 * @returns {{ blocks: { residual: boolean, layers: Layer[] }[], beforePool: Layer[], afterPool: Layer[],
 *   features: number }}
 */
export function describe(space, { decisions, allOn }) {
  let channels = space.input.channels;
  const blocks = [];
  for (const [s, { slots }] of space.stages.entries()) {
    for (const [b, slot] of slots.entries()) {
      if (isChoice(slot.pick) || allOn?.[slot.use.id]) throw new Error('the peer benchmark has no such slots');
      if (!decide(slot.use, decisions)) continue;
      const [open] = slot.among;
      const spec = closeBlock(open, decisions);
      const kernels = (field) => (allOn?.[open[field].id] ? open[field].options : [spec[field]]);
      const layers = layersOf(`stages.${s}.blocks.${b}`, spec, kernels, channels);
      blocks.push({ residual: isResidual(channels, spec), layers });
      channels = spec.out;
    }
  }
  const head = (name, width) => {
    if (width === 0) return [];
    const layer = pointwise(`head.${name}`, channels, width, true);
    channels = width;
    return [layer];
  };
  const beforePool = head('conv', decide(space.head.conv, decisions));
  const afterPool = head('hidden', decide(space.head.hidden, decisions));
  return { blocks, beforePool, afterPool, features: channels };
}

function layersOf(name, spec, kernels, channels) {
  const { stride, out } = spec;
  switch (spec.kind) {
    case 'conv':
      return [dense(`${name}.conv`, kernels('kernel'), stride, channels, out)];
    case 'fusedIb': {
      const wide = expandedChannels(channels, spec.expand);
      const expand = dense(`${name}.expand`, kernels('kernel'), stride, channels, wide);
      return [expand, pointwise(`${name}.project`, wide, out, false)];
    }
    case 'uib': {
      const wide = expandedChannels(channels, spec.expand);
      const [start, mid] = [kernels('startKernel'), kernels('midKernel')];
      const startStride = mid.length === 1 && mid[0] === 0 ? stride : 1;
      const layers = [
        depthwise(`${name}.start`, start, startStride, channels, false),
        pointwise(`${name}.expand`, channels, wide, true),
        depthwise(`${name}.mid`, mid, stride, wide, true),
        pointwise(`${name}.project`, wide, out, false),
      ];
      return layers.filter(({ branches }) => branches.some((branch) => branch !== null));
    }
    default:
      return assertNever(spec);
  }
}

function dense(name, kernels, stride, channels, out) {
  return { branches: kernels.map((k) => `${name}${k}`), depthwise: false, stride, in: channels, out, activated: true };
}

function depthwise(name, kernels, stride, channels, activated) {
  const branches = kernels.map((k) => (k === 0 ? null : `${name}${k}`));
  return { branches, depthwise: true, stride, in: channels, out: channels, activated };
}

function pointwise(name, channels, out, activated) {
  return { branches: [name], depthwise: false, stride: 1, in: channels, out, activated };
}
