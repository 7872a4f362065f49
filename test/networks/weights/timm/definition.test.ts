import { describe, expect, it } from 'vitest';
import { readNetwork } from '#networks/space/parse';
import { timmDefinition } from '#networks/weights/timm/definition';
import { fromTimm } from '#networks/weights/timm/weights';
import { findSpace } from '#networks/zoo/shipped';
import { everyKind, network, numbered } from './networks.js';

const shipped = (name: string) => timmDefinition(readNetwork(findSpace(name)));

describe('the definition of a network in timm', () => {
  it("of Conv-S is timm's own of mobilenetv4_conv_small, but for how repeats are split", () => {
    expect(shipped('mnv4-conv-s')).toEqual({
      model: 'MobileNetV3',
      classes: 1000,
      channels: 3,
      stem: { kernel: 3, stride: 2, out: 32 },
      stages: [
        ['cn_r1_k3_s2_e1_c32', 'cn_r1_k1_s1_e1_c32'],
        ['cn_r1_k3_s2_e1_c96', 'cn_r1_k1_s1_e1_c64'],
        ['uir_r1_a5_k5_s2_e3_c96', 'uir_r4_a0_k3_s1_e2_c96', 'uir_r1_a3_k0_s1_e4_c96'],
        [
          'uir_r1_a3_k3_s2_e6_c128',
          'uir_r1_a5_k5_s1_e4_c128',
          'uir_r1_a0_k5_s1_e4_c128',
          'uir_r1_a0_k5_s1_e3_c128',
          'uir_r2_a0_k3_s1_e4_c128',
        ],
        ['cn_r1_k1_s1_e1_c960'],
      ],
      features: 1280,
      featuresNorm: true,
      activation: 'relu',
      padding: 'same',
      epsilon: 1e-3,
      layerScale: false,
    });
  });

  it('begins a stage at every stage of ours and at every stride amid one', () => {
    expect(timmDefinition(everyKind).stages).toEqual([
      ['er_r1_k3_s2_e4_c24'],
      ['uir_r1_a5_k3_s2_e2_c32', 'uir_r1_a0_k5_s1_e2_c32', 'mqa_r1_k3_h2_s1_v2_d8_c32', 'mha_r1_k3_h4_s1_v1_d8_c32'],
      ['dsa_r1_k3_s2_c40', 'ir_r1_k5_s1_e2.5_c40_se0.25_nhs', 'ds_r1_k3_s1_e1_c48'],
      ['cn_r1_k1_s1_e1_c64'],
    ]);
  });

  it('has its stem in the first stage that has a block', () => {
    const blocks = 'blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }, { kind: conv, kernel: 1, out: 16 }]';
    const stages = `stages: [{ blocks: [] }, { ${blocks} }, { blocks: [] }]\nhead: { conv: 0, hidden: 0 }`;
    const shifted = network(stages);
    expect(timmDefinition(shifted)).toMatchObject({ stem: { out: 8 }, stages: [['cn_r1_k1_s1_e1_c16']], features: 0 });
    expect(fromTimm(shifted, numbered(shifted), 'x').get('stages.1.blocks.0.conv3.kernel')?.shape).toEqual([
      3, 3, 3, 8,
    ]);
    expect(() => timmDefinition(network('stages: [{ blocks: [] }]\nhead: { conv: 0, hidden: 0 }'))).toThrow(
      "stages[0].blocks[0]: expected a conv, timm's stem; got no block",
    );
  });

  it('has a block behind the stem, or a convolution of a hidden head, which counts as one', () => {
    const alone = (head: string) =>
      network(`stages: [{ blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }] }, { blocks: [] }]\nhead: ${head}`);
    for (const head of ['{ conv: 16, hidden: 0 }', '{ conv: 0, hidden: 16 }']) {
      expect(() => timmDefinition(alone(head))).toThrow("stages: expected a block after timm's stem; got none");
    }
    expect(timmDefinition(alone('{ conv: 16, hidden: 8 }')).stages).toEqual([['cn_r1_k1_s1_e1_c16']]);
  });

  it('says how the network pads, what it adds to variances, and which class has its head', () => {
    const stages =
      'stages: [{ blocks: [{ kind: conv, kernel: 5, stride: 1, out: 8 }, { kind: conv, kernel: 1, out: 8 }] }]\n';
    const frame = 'padding: symmetric\nbatchNormEpsilon: 0.00001';
    expect(timmDefinition(network(`${stages}head: { conv: 24, hidden: 0 }`, frame))).toMatchObject({
      model: 'EfficientNet',
      stem: { kernel: 5, stride: 1, out: 8 },
      stages: [['cn_r1_k1_s1_e1_c8']],
      features: 24,
      padding: '',
      epsilon: 1e-5,
    });
    expect(timmDefinition(network(`${stages}head: { conv: 0, hidden: 32 }`))).toMatchObject({
      model: 'MobileNetV3',
      features: 32,
    });
  });

  it("tells EfficientNet, which counts from the block's input, the same width of squeeze-and-excitation", () => {
    const { stages } = timmDefinition(
      network(`
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 16 }
      - { kind: invertedResidual, kernel: 3, expand: 6, squeeze: true, out: 16 }
head: { conv: 0, hidden: 0 }`),
    );
    expect(stages).toEqual([['ir_r1_k3_s1_e6_c16_se1.5']]);
  });

  it('is refused for what timm lacks, block by block', () => {
    const beyond = network(
      `
stages:
  - blocks:
      - { kind: uib, startKernel: 3, midKernel: 3, stride: 2, expand: 2, out: 32 }
      - { kind: mqa, heads: 2, keyDim: 8, valueDim: 16, out: 32 }
      - { kind: mha, heads: 4, keyDim: 16, out: 32 }
      - { kind: mha, heads: 4, keyDim: 8, kvStride: 2, out: 32 }
      - { kind: invertedResidual, kernel: 3, expand: 2, activation: gelu, stride: 2, out: 32 }
      - { kind: conv, kernel: 3, stride: 2, out: 32 }
      - { kind: conv, kernel: 3, stride: 2, out: 32 }
      - { kind: conv, kernel: 3, stride: 2, out: 32 }
      - { kind: conv, kernel: 3, stride: 2, out: 32 }
head: { conv: 64, hidden: 0 }`,
      'layerScale: true',
    );
    expect(() => timmDefinition(beyond)).toThrow(
      [
        "test: stages[0].blocks[0]: expected a conv, timm's stem; got uib",
        'test: stages[0].blocks[1]: expected valueDim equal to keyDim, 8; got 16',
        'test: stages[0].blocks[2]: expected an mha with keyDim and valueDim equal to channels / heads, 8; got 16 and 16',
        'test: stages[0].blocks[3]: expected an mha with kvStride 1; got 2',
        'test: stages[0].blocks[4]: expected a block activation other than gelu; got gelu',
        'test: stages[0].blocks[8]: expected a total stride of at most 16 after the stem; got 32',
        'test: head.hidden: expected a hidden layer, which timm needs for layer scale; got 0',
      ].join('\n'),
    );
  });
});
