import { expect } from 'vitest';
import { block } from '#networks/nn/blocks/block';
import type { Forward } from '#networks/nn/network';
import type { Activation, BlockSpec } from '#networks/space/block';
import type { LayerConventions } from '#networks/space/space';
import { conventions, randomBatch, randomModel } from '#test/networks/nn/fixtures';
import { imagesInTfjs, tfjsBlock, weightsInTfjs } from '#test/networks/nn/tfjs-network';
import { expectClose } from '#test/networks/tensor/op-check';

/** The block alone, on random images of that size, computes what its composition in TensorFlow.js computes. */
export function expectBlockLikeTfjs(
  spec: BlockSpec,
  resolution: number,
  channels: number,
  activation: Activation = 'relu',
  others: Partial<LayerConventions> = {},
): void {
  const frame = { ...conventions, ...others, input: { resolution, channels }, classes: 2, activation };
  const forward: Forward = (pass, images) => block(pass, 'it', spec, images);
  const model = randomModel(frame, forward);
  const batch = randomBatch(frame, 3);
  const expected = tfjsBlock('it', spec, imagesInTfjs(batch, frame.input), weightsInTfjs(model), frame);
  const side = Math.ceil(resolution / spec.stride);
  expect(expected.shape).toEqual([3, side, side, spec.out]);
  expectClose(model.logits(forward, batch), expected.dataSync() as Float32Array);
  model.dispose();
}
