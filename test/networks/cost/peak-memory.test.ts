import { describe, expect, it } from 'vitest';
import { costOf, layerCost } from '#networks/cost/cost';
import type { Layer, MapShape } from '#networks/cost/layers/layer';
import { blockLayers, layersOf } from '#networks/cost/layers/layers-of';
import type { BlockSpec } from '#networks/space/block';
import { namedNetwork } from '#networks/zoo/named-network';

const input: MapShape = [4, 4, 8];
const x = 4 * 4 * 8;
const block = (spec: BlockSpec) => blockLayers(spec, input, 'b');

/** Values alive while each layer runs, by the last part of its name. */
function alive(layers: readonly Layer[]): Record<string, number> {
  const spec = { cost: 'peakMemory', bytesPerActivation: 1 } as const;
  return Object.fromEntries(layers.map((layer) => [layer.name.slice(2), layerCost(spec, layer)]));
}

describe('the activations alive in a block', () => {
  const uib = { kind: 'uib', startKernel: 3, midKernel: 3, expand: 2 } as const;

  it('are the input and output of a layer and, until the residual add, the input of the block', () => {
    expect(alive(block({ ...uib, stride: 1, out: 8 }))).toEqual({
      start: 2 * x,
      expand: x + 2 * x + x,
      mid: 2 * x + 2 * x + x,
      project: 2 * x + x + x,
    });
  });

  it('are only the input and output of a layer in a block without a residual add', () => {
    expect(alive(block({ ...uib, stride: 2, out: 8 }))).toEqual({
      start: 2 * x,
      expand: 3 * x,
      mid: 2 * x + x / 2,
      project: x / 2 + x / 4,
    });
  });

  it('include the queries, keys and values of attention until they are read', () => {
    const [q, s] = [4 * 4 * 6, 4 * 4 * 3 * 4]; // 3 heads of 2; 3 x 16 queries by 4 positions of keys
    const [k, v, seen] = [4 * 2, 4 * 2, x / 4];
    const layers = block({ kind: 'mqa', heads: 3, keyDim: 2, valueDim: 2, kvStride: 2, stride: 1, out: 8 });
    expect(alive(layers)).toEqual({
      query: x + q,
      'key.down': x + seen + q,
      key: seen + k + q + x,
      'value.down': x + seen + q + k,
      value: seen + v + q + k + x,
      scores: q + k + s + v + x,
      softmax: 2 * s + v + x,
      context: s + v + q + x,
      output: q + x + x,
    });
  });

  it('include the map while a squeeze-and-excitation computes its factors', () => {
    const layers = block({ kind: 'invertedResidual', kernel: 3, stride: 1, expand: 4, squeeze: true, out: 8 });
    expect(alive(layers)).toMatchObject({
      dw: 8 * x + x,
      'squeeze.pool': 4 * x + 32 + x,
      'squeeze.reduce': 32 + 8 + 4 * x + x,
      'squeeze.excite': 8 + 32 + 4 * x + x,
      'squeeze.scale': 8 * x + 32 + x,
      project: 4 * x + 2 * x,
    });
  });
});

describe('the peak of a network', () => {
  it('is the maximum over its layers, in bytes', () => {
    const network = namedNetwork('mobilenet-v1');
    const first = 112 * 112 * (32 + 64); // the first pointwise layer's input and output
    expect(costOf({ cost: 'peakMemory', bytesPerActivation: 1 }, network)).toBe(first);
    expect(costOf({ cost: 'peakMemory', bytesPerActivation: 2 }, network)).toBe(2 * first);
  });

  it('is at least what any layer reads and writes', () => {
    const network = namedNetwork('mnv4-hybrid-m');
    const most = Math.max(...layersOf(network).map(({ activations }) => activations));
    expect(costOf({ cost: 'peakMemory', bytesPerActivation: 1 }, network)).toBeGreaterThanOrEqual(most);
  });
});
