import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layersOf } from '#networks/cost/layers/layers-of';
import { networkForward, weightLayout } from '#networks/nn/network';
import { type Architecture, close } from '#networks/space/space';
import { dispose } from '#networks/tensor/backend';
import { decisionsOf, randomSpace } from '#test/networks/space/random-space';
import { expectClose } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';
import { byName, network, randomBatch, randomModel, taken } from './fixtures.js';
import { imagesInTfjs, tfjsNetwork, weightsInTfjs } from './tfjs-network.js';

const all = network(`
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: fusedIb, kernel: 3, expand: 2, out: 8 }
  - blocks:
      - { kind: uib, startKernel: 3, midKernel: 5, stride: 2, expand: 2, out: 16 }
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 16 }
      - { kind: uib, startKernel: 5, midKernel: 0, expand: 2, out: 16 }
      - { kind: uib, startKernel: 0, midKernel: 0, expand: 2, out: 16 }
  - blocks:
      - { kind: mqa, heads: 2, keyDim: 8, valueDim: 4, kvStride: 2, out: 16 }
      - { kind: mha, heads: 2, keyDim: 4, out: 16 }
      - { kind: dwSep, kernel: 3, out: 16 }
      - { kind: invertedResidual, kernel: 3, expand: 2.5, squeeze: true, activation: hardSwish, out: 16 }
      - { kind: invertedResidual, kernel: 5, stride: 2, expand: 1, out: 16 }
head: { conv: 24, hidden: 32 }`);

const biased = { activation: 'relu6', head: { ...all.head, hiddenNorm: false } } as const;
const others = { padding: 'symmetric', batchNormEpsilon: 1e-5, layerScale: true } as const;

describe.each([
  { ...all, name: 'with every kind of block, relu' },
  { ...all, name: 'with every kind of block, gelu', activation: 'gelu' },
  { ...all, name: 'with every kind of block, relu6, and a hidden layer without batch norm', ...biased },
  { ...all, name: "with PyTorch's padding and epsilon, and layer scale", ...others },
  { ...all, name: 'for images wider than high', input: { ...all.input, resolution: { height: 9, width: 14 } } },
  {
    ...all,
    name: "for images higher than wide, with PyTorch's padding",
    ...others,
    input: { ...all.input, resolution: { height: 14, width: 9 } },
  },
  { ...all, name: 'without a convolution in its head', head: { ...all.head, conv: 0 } },
  { ...all, name: 'without a hidden layer', head: { ...all.head, hidden: 0 } },
] satisfies Architecture[])('a network $name', (architecture) => {
  it('has the logits, the loss and the gradient of every weight of the same network in TensorFlow.js', () => {
    const forward = networkForward(architecture);
    const model = randomModel(architecture, forward);
    const batch = randomBatch(architecture, 6);
    const images = imagesInTfjs(batch, architecture.input);
    const weights = weightsInTfjs(model);
    const names = Object.keys(weights);
    const logits = tfjsNetwork(architecture, images, weights).dataSync() as Float32Array;
    const targets = tf.tensor2d(batch.soft, [6, 4]);
    const lossOf = (...values: tf.Tensor[]) => {
      const named = Object.fromEntries(names.map((name, i) => [name, values[i] as tf.Tensor]));
      return tf.losses.softmaxCrossEntropy(targets, tfjsNetwork(architecture, images, named)).asScalar();
    };
    const expected = tf.valueAndGrads(lossOf)(Object.values(weights));

    expectClose(model.logits(forward, batch), logits);
    const { loss, gradient } = model.gradient(forward, batch);
    expect(loss).toBeCloseTo(expected.value.dataSync()[0] as number, 5);
    const found = byName(model.layout, taken(gradient, dispose));
    const scale = Math.max(...expected.grads.map((grad) => grad.abs().max().dataSync()[0] as number));
    for (const [i, name] of names.entries()) {
      const values = expected.grads[i]!.dataSync() as Float32Array;
      const errors = found.get(name)!.map((value, j) => Math.abs(value - values[j]!));
      expect(Math.max(...errors), name).toBeLessThan(1e-4 * scale);
    }
    model.dispose();
  });
});

describe('the layout of a network', () => {
  it('has as many weights as its layers have parameters, of any network', () => {
    const networks = randomSpace.chain((space) => decisionsOf(space).map((decisions) => close(space, decisions)));
    fc.assert(
      fc.property(networks, (any) => {
        const params = layersOf(any).reduce((sum, layer) => sum + layer.params, 0);
        expect(weightLayout(any, networkForward(any)).size).toBe(params);
      }),
      { numRuns: 30 },
    );
  });

  it('lists every weight by name and shape, in the order of the forward pass', () => {
    const tiny = network(`
stages:
  - blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }]
  - blocks: [{ kind: fusedIb, kernel: 5, expand: 2, out: 24 }, { kind: uib, startKernel: 5, midKernel: 3, expand: 2, out: 24 }]
head: { conv: 32, hidden: 40 }`);
    const { specs } = weightLayout(tiny, networkForward(tiny));
    const kernels = [...specs.values()].filter(({ name }) => !name.includes('.bn.'));
    expect(kernels.map(({ name, shape, initializer }) => `${name} ${shape.join('x')} ${initializer}`)).toEqual([
      'stages.0.blocks.0.conv3.kernel 3x3x2x8 he',
      'stages.1.blocks.0.expand5.kernel 5x5x8x16 he',
      'stages.1.blocks.0.project.kernel 16x24 he',
      'stages.1.blocks.1.start5.kernel 5x5x24x1 heDepthwise',
      'stages.1.blocks.1.expand.kernel 24x48 he',
      'stages.1.blocks.1.mid3.kernel 3x3x48x1 heDepthwise',
      'stages.1.blocks.1.project.kernel 48x24 he',
      'head.conv.kernel 24x32 he',
      'head.hidden.kernel 32x40 he',
      'head.fc.kernel 40x4 fc',
      'head.fc.bias 4 zero',
    ]);
    const normalized = kernels.slice(0, -2).map(({ name, shape }) => [name.replace(/kernel$/, 'bn'), shape] as const);
    for (const [name, shape] of normalized) {
      const channels = [shape.at(-1) === 1 ? shape[2] : shape.at(-1)];
      expect(specs.get(`${name}.gamma`)).toMatchObject({ shape: channels, initializer: 'one' });
      expect(specs.get(`${name}.beta`)).toMatchObject({ shape: channels, initializer: 'zero' });
    }
    expect(specs.size).toBe(kernels.length + 2 * normalized.length);
  });
});
