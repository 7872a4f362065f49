import { describe, expect, it } from 'vitest';
import { block } from '#networks/nn/blocks/block';
import { type Forward, weightLayout } from '#networks/nn/network';
import { sizeOf } from '#networks/tensor/backend';
import { conventions, randomBatch, randomModel } from '#test/networks/nn/fixtures';
import { expectClose } from '#test/networks/tensor/op-check';
import { expectBlockLikeTfjs } from './block-check.js';

const spec = { heads: 3, keyDim: 8, valueDim: 4, stride: 1, out: 16 } as const;

describe.each(['mqa', 'mha'] as const)('%s', (kind) => {
  it.each([1, 2])(
    'with a stride of %i for keys and values is its formula in TensorFlow.js, head by head',
    (kvStride) => {
      for (const side of [4, 5, 7]) expectBlockLikeTfjs({ kind, ...spec, kvStride }, side, 16);
      expectBlockLikeTfjs({ kind, ...spec, kvStride, out: 24 }, 4, 16, 'gelu');
    },
  );

  it('pads its depthwise layers as the network does, and scales what it adds', () => {
    const others = { padding: 'symmetric', batchNormEpsilon: 1e-5, layerScale: true } as const;
    expectBlockLikeTfjs({ kind, ...spec, kvStride: 2 }, 6, 16, 'relu', others);
  });
});

describe('multi-query attention', () => {
  const frame = { ...conventions, input: { resolution: 4, channels: 16 }, classes: 2 } as const;
  const forwardOf =
    (kind: 'mqa' | 'mha'): Forward =>
    (pass, images) =>
      block(pass, 'it', { kind, ...spec, kvStride: 1 }, images);

  it('is multi-head attention whose heads have the same keys and values', () => {
    const [shared, separate] = [randomModel(frame, forwardOf('mqa')), randomModel(frame, forwardOf('mha'))];
    const [given, weights] = [shared.weights.values(), new Float32Array(separate.layout.size)];
    for (const { name, shape, offset } of separate.layout.specs.values()) {
      const one = shared.layout.specs.get(name)!;
      const [width, narrow] = [shape.at(-1)!, one.shape.at(-1)!];
      for (let at = 0; at < sizeOf(shape); at++) {
        weights[offset + at] = given[one.offset + Math.floor(at / width) * narrow + (at % narrow)]!;
      }
    }
    separate.weights.write(weights);
    const batch = randomBatch(frame, 2);
    expectClose(shared.logits(forwardOf('mqa'), batch), separate.logits(forwardOf('mha'), batch));
    shared.dispose();
    separate.dispose();
  });

  it('has one key and one value kernel, whatever the number of heads', () => {
    const shapes = [...weightLayout(frame, forwardOf('mqa')).specs.values()].map(
      ({ name, shape }) => `${name} ${shape.join('x')}`,
    );
    expect(shapes).toEqual([
      'it.norm.gamma 16',
      'it.norm.beta 16',
      'it.query.kernel 16x24',
      'it.key.kernel 16x8',
      'it.value.kernel 16x4',
      'it.output.kernel 12x16',
    ]);
  });
});
