import { expect } from 'vitest';
import { block } from '../../../src/nn/blocks/block.js';
import type { Forward } from '../../../src/nn/network.js';
import type { Activation, BlockSpec } from '../../../src/space/block.js';
import type { LayerConventions } from '../../../src/space/space.js';
import { conventions, randomBatch, randomModel } from '../fixtures.js';
import { expectClose } from '../op-check.js';
import { imagesInTfjs, tfjsBlock, weightsInTfjs } from '../tfjs-network.js';

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
