import { describe, expect, it } from 'vitest';
import { block } from '#networks/nn/blocks/block';
import type { Forward } from '#networks/nn/network';
import type { BlockSpec } from '#networks/space/block';
import { conventions, randomBatch, randomModel } from '#test/networks/nn/fixtures';
import { expectBlockLikeTfjs } from './block-check.js';

const bodies = [
  { kind: 'conv', kernel: 3 },
  { kind: 'fusedIb', kernel: 3, expand: 2 },
  { kind: 'uib', startKernel: 3, midKernel: 3, expand: 2 },
] as const;
const places = [
  { stride: 1, channels: 8, out: 8, residual: true },
  { stride: 2, channels: 8, out: 8, residual: false },
  { stride: 1, channels: 8, out: 16, residual: false },
  { stride: 1, channels: 16, out: 8, residual: false },
];

describe.each(bodies)('a block of kind $kind', (body) => {
  it.each(places)(
    'of stride $stride from $channels to $out channels adds its input exactly where it is residual',
    (place) => {
      const { stride, channels, out } = place;
      const residual = place.residual && body.kind !== 'conv';
      const frame = { ...conventions, input: { resolution: 5, channels }, classes: 2 } as const;
      const spec = { ...body, stride, out } as BlockSpec;
      const forward: Forward = (pass, images) => block(pass, 'it', spec, images);
      const model = randomModel(frame, forward);
      model.weights.write(new Float32Array(model.layout.size)); // BN with gamma 0 and beta 0 makes of every body a 0
      const batch = randomBatch(frame, 2);
      const pixels = model.logits((_, images) => images, batch);
      const side = Math.ceil(5 / stride);
      const nothing = new Float32Array(2 * side * side * out);
      expect(model.logits(forward, batch)).toEqual(residual ? pixels : nothing);
      model.dispose();
    },
  );
});

describe('a conv block', () => {
  it.each([1, 2])('with stride %i computes what its table row says, in TensorFlow.js', (stride) => {
    for (const kernel of [1, 3, 5]) {
      expectBlockLikeTfjs({ kind: 'conv', kernel, stride, out: 8 }, 7, 3);
      expectBlockLikeTfjs({ kind: 'conv', kernel, stride, out: 8 }, 6, 8, 'gelu');
    }
  });
});
