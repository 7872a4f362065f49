import { describe, expect, it } from 'vitest';
import { layersOf } from '#networks/cost/layers/layers-of';
import type { Architecture } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { layersOfEvents } from '#tasks/devices/layer-events';
import { network as networkOf } from '#test/networks/nn/fixtures';

const [dense, depthwise] = ['Convolution (NHWC, QC8) IGEMM', 'Convolution (NHWC, QC8) DWConv'];
const [pointwise, add, multiply] = ['Fully Connected (NC, QS8, QC8W) GEMM', 'Add (ND)', 'Multiply (ND)'];
const [reshape, product] = ['Static Reshape (NC)', 'Batch Matrix Multiply (NC, F32) GEMM'];
const head = ['AVERAGE_POOL_2D', reshape, pointwise, 'Convert (NC)'];

/** A network of these blocks, with a head of a pooling and a classifier. */
const network = (...blocks: readonly object[]) => {
  const text = `stages: ${JSON.stringify([{ blocks }])}\nhead: { conv: 0, hidden: 0 }`;
  return networkOf(text, 'input: { resolution: 8, channels: 3 }');
};

/** For each layer of the network, the operators that belong to it. */
function byLayer(of: Architecture, names: readonly string[]): Record<string, string[]> {
  const layers = layersOf(of);
  const found: Record<string, string[]> = Object.fromEntries(layers.map(({ name }) => [name, []]));
  for (const [i, l] of layersOfEvents(names, layers).entries()) found[layers[l]!.name]!.push(names[i] as string);
  return found;
}

const conv = { kind: 'conv', kernel: 3, stride: 2, out: 8 } as const;
const uib = { kind: 'uib', startKernel: 3, midKernel: 0, stride: 1, expand: 2, out: 8 } as const;
const squeezing = { kind: 'invertedResidual', kernel: 3, stride: 1, expand: 2, squeeze: true, out: 16 } as const;
const attention = { kind: 'mqa', heads: 2, keyDim: 4, valueDim: 4, kvStride: 1, stride: 1, out: 8 } as const;

describe('operators in LiteRT', () => {
  it('begin layers, and count for the layer before them if they begin none', () => {
    const names = ['Convert (NC)', dense, depthwise, pointwise, pointwise, add, ...head];
    expect(byLayer(network(conv, uib), names)).toEqual({
      'stages[0].blocks[0]': ['Convert (NC)', dense],
      'stages[0].blocks[1].start': [depthwise],
      'stages[0].blocks[1].expand': [pointwise],
      'stages[0].blocks[1].project': [pointwise, add],
      'head.pool': ['AVERAGE_POOL_2D', reshape],
      'head.fc': [pointwise, 'Convert (NC)'],
    });
  });

  it.each([
    ['in float32, with a sum and two products', [add, multiply], multiply],
    ['in int8, with a gate in one', ['Invalid Unary Op'], multiply],
  ])('tell the gate of squeeze-and-excitation from its product with the map, %s', (_, gate, scale) => {
    const names = [
      dense,
      pointwise,
      depthwise,
      'AVERAGE_POOL_2D',
      pointwise,
      pointwise,
      ...gate,
      scale,
      pointwise,
      ...head,
    ];
    expect(byLayer(network(conv, squeezing), names)).toMatchObject({
      'stages[0].blocks[1].squeeze.excite': [pointwise, ...gate],
      'stages[0].blocks[1].squeeze.scale': [scale],
      'stages[0].blocks[1].project': [pointwise],
    });
  });

  it.each([
    ['in float32', [multiply, add]],
    ['in int8', [depthwise]],
  ])('count the batch norm in front of attention for the queries, %s', (_, norm) => {
    const products = [reshape, multiply, product, 'Softmax (NC, F32)', product, reshape, pointwise, add];
    const names = [dense, add, ...norm, pointwise, pointwise, pointwise, ...products, ...head];
    expect(byLayer(network(conv, attention), names)).toMatchObject({
      'stages[0].blocks[0]': [dense, add],
      'stages[0].blocks[1].query': [...norm, pointwise],
      'stages[0].blocks[1].value': [pointwise, reshape, multiply],
      'stages[0].blocks[1].scores': [product],
      'stages[0].blocks[1].context': [product, reshape],
      'stages[0].blocks[1].output': [pointwise, add],
    });
  });

  it('must have one that begins each layer', () => {
    expect(() => layersOfEvents([dense, 'AVERAGE_POOL_2D'], layersOf(namedNetwork('mnv4-conv-s')))).toThrow(
      'has no operator that begins stages[1].blocks[0], a conv: Convolution (NHWC, QC8) IGEMM, AVERAGE_POOL_2D',
    );
  });
});
