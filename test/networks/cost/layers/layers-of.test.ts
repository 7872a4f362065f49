import { describe, expect, it } from 'vitest';
import type { Layer, MapShape } from '#networks/cost/layers/layer';
import { blockLayers, headLayers, layersOf } from '#networks/cost/layers/layers-of';
import type { BlockSpec } from '#networks/space/block';
import { type Architecture, close } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { spaceOf } from '#test/networks/space/space-of';

const zoo = (name: string): Architecture => namedNetwork(name);
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
    ['mnv4-hybrid-m', 256, 11_074_648, 1_271_183_360],
    ['mnv4-hybrid-l', 384, 37_764_624, 7_711_877_120],
    ['mobilenet-v1', 224, 4_231_976, 568_740_352],
    ['mobilenet-v2', 224, 3_504_872, 300_774_272],
    ['mobilenet-v3-large', 224, 5_483_032, 216_589_760],
    ['mobilenet-v1-1.5x', 224, 8_702_152, 1_257_729_792],
    ['mobilenet-v2-1.4x', 224, 6_108_776, 582_195_824],
    ['mobilenet-v2-0.5x', 224, 1_968_680, 97_131_840],
    ['mobilenet-v3-large-0.75x', 224, 3_993_528, 154_560_624],
    ['mobilenet-v3-large-1.25x', 224, 7_551_976, 355_221_920],
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

describe('a network for images of 9 rows and 14 columns', () => {
  const network = close(
    spaceOf(
      `  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 5, midKernel: 3, stride: 2, expand: 2, out: 24 }
      - { kind: mqa, heads: 2, keyDim: 4, valueDim: 6, kvStride: 2, out: 24 }
      - { kind: invertedResidual, kernel: 3, expand: 2, squeeze: true, out: 24 }`,
      '{ conv: 32, hidden: 0 }',
      'resolution: { height: 9, width: 14 }, channels: 3',
    ),
    [],
  );
  const layers = layersOf(network);
  const of = (name: string) => layers.find((layer) => layer.name.endsWith(name)) as Layer;

  it('halves each side separately, rounding up', () => {
    const maps = ['blocks[0]', 'blocks[1].start', 'blocks[1].project', 'key.down', 'scores', 'head.conv', 'head.pool'];
    expect(maps.map((name) => of(name).output)).toEqual([
      [5, 7, 8],
      [5, 7, 8],
      [3, 4, 24],
      [2, 2, 24],
      [3, 4, 2 * 2 * 2],
      [3, 4, 32],
      [1, 1, 32],
    ]);
  });

  it.each([
    ['blocks[0]', 5 * 7 * 3 * 3 * 3 * 8],
    ['blocks[1].start', 5 * 7 * 5 * 5 * 8],
    ['blocks[1].mid', 3 * 4 * 3 * 3 * 16],
    ['query', 3 * 4 * 24 * 2 * 4],
    ['key.down', 2 * 2 * 3 * 3 * 24],
    ['key', 2 * 2 * 24 * 4],
    ['scores', 3 * 4 * 2 * (2 * 2) * 4],
    ['context', 3 * 4 * 2 * (2 * 2) * 6],
    ['blocks[3].dw', 3 * 4 * 3 * 3 * 48],
    ['squeeze.reduce', 48 * 16],
    ['head.conv', 3 * 4 * 24 * 32],
  ])('has the MACs of %s by hand', (name, macs) => {
    expect(of(name).macs).toBe(macs);
  });

  it('has the values read, written and held by hand', () => {
    expect(of('blocks[0]').activations).toBe(9 * 14 * 3 + 5 * 7 * 8);
    expect(of('blocks[3].dw')).toMatchObject({ activations: 2 * 3 * 4 * 48, held: 3 * 4 * 24 });
    expect(of('squeeze.scale').activations).toBe(2 * 3 * 4 * 48 + 48);
  });
});

describe('a uib', () => {
  const input: MapShape = [14, 14, 8];
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

  it('has the counts computed by hand', () => {
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

describe('attention', () => {
  const input: MapShape = [12, 10, 64];
  const spec = { heads: 4, keyDim: 16, valueDim: 24, kvStride: 1, stride: 1, out: 64 } as const;
  const named = (block: BlockSpec, layerScale = false) =>
    new Map(blockLayers(block, input, 'a', { layerScale }).map((layer) => [layer.name, layer]));

  it('with shared keys and values has the counts by hand, the norm in the queries and the sum in the output', () => {
    const layers = named({ kind: 'mqa', ...spec });
    expect([...layers.keys()]).toEqual([
      ...['a.query', 'a.key', 'a.value', 'a.scores', 'a.softmax', 'a.context', 'a.output'],
    ]);
    const places = 120;
    expect(layers.get('a.query')).toMatchObject({ macs: places * 64 * 64, params: 64 * 64 + 2 * 64 });
    expect(layers.get('a.key')).toMatchObject({ macs: places * 64 * 16, params: 64 * 16, output: [12, 10, 16] });
    expect(layers.get('a.value')).toMatchObject({ macs: places * 64 * 24, params: 64 * 24 });
    expect(layers.get('a.scores')).toMatchObject({
      macs: places * places * 4 * 16,
      params: 0,
      weights: 0,
      activations: places * (64 + 16 + 4 * places),
    });
    expect(layers.get('a.softmax')).toMatchObject({ macs: 0, activations: 2 * 4 * places * places });
    expect(layers.get('a.context')).toMatchObject({
      macs: places * places * 4 * 24,
      activations: places * (4 * places + 24 + 4 * 24),
    });
    expect(layers.get('a.output')).toMatchObject({
      macs: places * 96 * 64,
      params: 96 * 64,
      activations: places * (96 + 64 + 64),
    });
  });

  it('reads keys and values from maps halved by depthwise layers with batch norm, one each', () => {
    const layers = named({ kind: 'mqa', ...spec, kvStride: 2 });
    for (const side of ['key', 'value']) {
      expect(layers.get(`a.${side}.down`)).toMatchObject({
        kind: 'depthwise',
        macs: 30 * 9 * 64,
        params: 11 * 64,
        output: [6, 5, 64],
      });
    }
    expect(layers.get('a.scores')).toMatchObject({ macs: 120 * 30 * 4 * 16, output: [12, 10, 120] });
  });

  it('with separate keys and values per head differs only in projecting and reading them', () => {
    const [shared, separate] = [named({ kind: 'mqa', ...spec }), named({ kind: 'mha', ...spec })];
    const changed = [...separate].filter(([name, layer]) => {
      const { macs, params, activations } = shared.get(name) as Layer;
      return layer.macs !== macs || layer.params !== params || layer.activations !== activations;
    });
    expect(changed.map(([name]) => name)).toEqual(['a.key', 'a.value', 'a.scores', 'a.context']);
    expect(separate.get('a.key')).toMatchObject({ macs: 120 * 64 * 64, params: 64 * 64 });
    expect(separate.get('a.scores')?.macs).toBe(shared.get('a.scores')?.macs);
    expect(separate.get('a.scores')?.activations).toBe(120 * (64 + 4 * 16 + 4 * 120));
  });

  it('has one more parameter for each channel where the network scales its layers, as UIBs do', () => {
    const uib = { kind: 'uib', startKernel: 0, midKernel: 3, stride: 1, expand: 4, out: 64 } as const;
    for (const block of [{ kind: 'mqa', ...spec }, uib] as const) {
      const of = (layerScale: boolean) => sum([...named(block, layerScale).values()], 'params');
      expect(of(true) - of(false)).toBe(64);
    }
  });
});

describe('an inverted residual', () => {
  const spec = { kind: 'invertedResidual', kernel: 5, stride: 2, expand: 2.3, squeeze: true, out: 40 } as const;

  it('expands by a fractional factor, and squeezes its channels to a quarter', () => {
    const layers = blockLayers(spec, [14, 14, 80], 'r');
    expect(layers.map(({ name, kind, output, params, macs }) => [name, kind, output.join(), params, macs])).toEqual([
      ['r.expand', 'pointwise', '14,14,184', 80 * 184 + 368, 196 * 80 * 184],
      ['r.dw', 'depthwise', '7,7,184', 25 * 184 + 368, 49 * 25 * 184],
      ['r.squeeze.pool', 'pool', '1,1,184', 0, 0],
      ['r.squeeze.reduce', 'pointwise', '1,1,48', 184 * 48 + 48, 184 * 48],
      ['r.squeeze.excite', 'pointwise', '1,1,184', 48 * 184 + 184, 48 * 184],
      ['r.squeeze.scale', 'multiply', '7,7,184', 0, 0],
      ['r.project', 'pointwise', '7,7,40', 184 * 40 + 80, 49 * 184 * 40],
    ]);
  });

  it('has no expanding layer at an expansion of 1', () => {
    const names = blockLayers({ ...spec, expand: 1, squeeze: false }, [14, 14, 80], 'r').map(({ name }) => name);
    expect(names).toEqual(['r.dw', 'r.project']);
  });
});

describe('the head', () => {
  it('counts pooling as traffic without MACs, and the classifier with a bias', () => {
    const layers = headLayers({ conv: 0, hidden: 0, hiddenNorm: true }, 10, [4, 4, 96]);
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
        held: 0,
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
        held: 0,
      },
    ]);
  });

  it('convolves, pools, widens and classifies', () => {
    const names = headLayers({ conv: 960, hidden: 1280, hiddenNorm: true }, 1000, [7, 7, 128]).map(({ name }) => name);
    expect(names).toEqual(['head.conv', 'head.pool', 'head.hidden', 'head.fc']);
  });
});
