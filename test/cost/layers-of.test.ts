import { describe, expect, it } from 'vitest';
import type { Layer, Shape } from '../../src/cost/layer.js';
import { blockLayers, headLayers, layersOf } from '../../src/cost/layers-of.js';
import { findSpace } from '../../src/cost/shipped.js';
import type { BlockSpec } from '../../src/space/block.js';
import { readNetwork } from '../../src/space/parse.js';
import type { Architecture } from '../../src/space/space.js';

const zoo = (name: string): Architecture => readNetwork(findSpace(name));
const sum = (layers: readonly Layer[], of: 'macs' | 'params') => layers.reduce((total, layer) => total + layer[of], 0);

/** MACs per block of the stages, then per layer of the head. */
function macsByBlock({ stages, ...network }: Architecture): number[] {
  const layers = layersOf({ stages, ...network });
  const names = stages.flatMap(({ blocks }, s) => blocks.map((_, b) => `stages[${s}].blocks[${b}]`));
  const ofBlock = (name: string) => layers.filter((layer) => layer.name === name || layer.name.startsWith(`${name}.`));
  return [...names, 'head.conv', 'head.hidden', 'head.fc'].map((name) => sum(ofBlock(name), 'macs'));
}

describe('the published family', () => {
  it.each([
    ['mnv4-conv-s', 224, 3_774_024, 186_005_568],
    ['mnv4-conv-m', 256, 9_715_512, 1_080_244_224],
    ['mnv4-conv-l', 384, 32_590_864, 6_376_220_672],
  ])('%s at %d has %d parameters and %d MACs', (name, resolution, params, macs) => {
    const network = zoo(name);
    const layers = layersOf(network);
    expect([network.input.resolution, network.classes]).toEqual([resolution, 1000]);
    expect([sum(layers, 'params'), sum(layers, 'macs')]).toEqual([params, macs]);
  });

  it('Conv-S has the MACs of its design, block by block', () => {
    expect(macsByBlock(zoo('mnv4-conv-s'))).toEqual([
      10_838_016,
      ...[28_901_376, 3_211_264],
      ...[21_676_032, 4_816_896],
      ...[15_441_664, 7_564_032, 7_564_032, 7_564_032, 7_564_032, 14_620_032],
      ...[14_874_048, 7_206_528, 7_049_728, 5_287_296, 6_648_320, 6_648_320],
      ...[6_021_120, 1_228_800, 1_280_000],
    ]);
  });
});

describe('a uib', () => {
  const input: Shape = [14, 14, 8];
  const uib = (startKernel: number, midKernel: number, stride: number, out: number): BlockSpec => ({
    kind: 'uib',
    startKernel,
    midKernel,
    stride,
    expand: 4,
    out,
  });
  const outline = (block: BlockSpec) => blockLayers(block, input, 'b').map(({ name, output }) => `${name} ${output}`);

  it('puts its stride on the middle layer', () => {
    expect(outline(uib(3, 5, 2, 16))).toEqual([
      'b.start 14,14,8',
      'b.expand 14,14,32',
      'b.mid 7,7,32',
      'b.project 7,7,16',
    ]);
  });

  it('puts its stride on the start layer where there is no middle layer', () => {
    expect(outline(uib(3, 0, 2, 16))).toEqual(['b.start 7,7,8', 'b.expand 7,7,32', 'b.project 7,7,16']);
  });

  it('counts as by hand', () => {
    const [start, expand, mid, project] = blockLayers(uib(3, 5, 1, 16), input, 'b') as [Layer, Layer, Layer, Layer];
    expect(start).toMatchObject({
      kind: 'depthwise',
      macs: 196 * 9 * 8,
      params: 72 + 16,
      weights: 72 + 8,
      activations: 196 * 16,
    });
    expect(expand).toMatchObject({
      kind: 'pointwise',
      macs: 196 * 8 * 32,
      params: 256 + 64,
      weights: 256 + 32,
      activations: 196 * 40,
    });
    expect(mid).toMatchObject({
      kind: 'depthwise',
      macs: 196 * 25 * 32,
      params: 800 + 64,
      weights: 800 + 32,
      activations: 196 * 64,
    });
    expect(project).toMatchObject({ macs: 196 * 32 * 16, params: 512 + 32, weights: 512 + 16, activations: 196 * 48 });
  });

  it('reads its input once more where it adds it', () => {
    const project = (block: BlockSpec) => blockLayers(block, input, 'b').at(-1) as Layer;
    expect(project(uib(0, 0, 1, 8)).activations).toBe(196 * (32 + 8 + 8));
    expect(project(uib(0, 3, 2, 8)).activations).toBe(49 * (32 + 8));
  });

  it('rounds its expanded channels to multiples of 8', () => {
    const [expand] = blockLayers({ ...uib(0, 0, 1, 16), expand: 3 } as BlockSpec, [1, 1, 10], 'b');
    expect(expand?.output).toEqual([1, 1, 32]);
  });
});

describe('a fused inverted bottleneck', () => {
  it('is a strided k x k expansion and a 1x1 projection', () => {
    const layers = blockLayers({ kind: 'fusedIb', kernel: 3, stride: 2, expand: 4, out: 48 }, [15, 15, 32], 'f');
    expect(layers.map(({ macs, output }) => [macs, output])).toEqual([
      [64 * 9 * 32 * 128, [8, 8, 128]],
      [64 * 128 * 48, [8, 8, 48]],
    ]);
  });
});

describe('the head', () => {
  it('counts pooling as traffic without MACs and the classes with a bias', () => {
    const layers = headLayers({ conv: 0, hidden: 0 }, 10, [4, 4, 96]);
    expect(layers).toEqual([
      {
        name: 'head.pool',
        kind: 'pool',
        input: [4, 4, 96],
        output: [1, 1, 96],
        macs: 0,
        params: 0,
        weights: 0,
        activations: 17 * 96,
      },
      {
        name: 'head.fc',
        kind: 'fc',
        input: [1, 1, 96],
        output: [1, 1, 10],
        macs: 960,
        params: 970,
        weights: 970,
        activations: 106,
      },
    ]);
  });

  it('convolves, pools, widens and classifies', () => {
    const names = headLayers({ conv: 960, hidden: 1280 }, 1000, [7, 7, 128]).map(({ name }) => name);
    expect(names).toEqual(['head.conv', 'head.pool', 'head.hidden', 'head.fc']);
  });
});
