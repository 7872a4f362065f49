import { describe, expect, it } from 'vitest';
import { extentsIn, preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { withPixels } from '#networks/weights/pixel-norms';
import { expectClose } from '#test/networks/tensor/op-check';
import { conventions, randomBatch, randomModel } from './fixtures.js';

const images = Uint8Array.of(0, 255, 51, 204, 102, 153, 255, 0); // two images of [2, 1, 2]

describe('preprocessing', () => {
  it('takes our pixels from -1 to 1', () => {
    const found = preprocessed(images, [2, 2, 1, 2], preprocessingFor('NHWC', { resolution: 2, channels: 2 }));
    for (const [i, value] of [-1, 1, -0.6, 0.6, -0.2, 0.2, 1, -1].entries()) expect(found[i]).toBeCloseTo(value, 6);
  });

  it('is what the network itself sees, by its own means and deviations too', () => {
    const plain = { resolution: 2, channels: 3 };
    for (const input of [
      plain,
      withPixels(plain, 'imagenet'),
      withPixels(plain, 'unit'),
      withPixels(plain, 'inception'),
    ]) {
      const frame = { ...conventions, input, classes: 12 };
      const seen = randomModel(frame, (_, x) => x).logits((_, x) => x, randomBatch(frame, 2));
      expectClose(seen, preprocessed(randomBatch(frame, 2).images, [2, 2, 2, 3], preprocessingFor('NHWC', input)));
    }
    expect(() => withPixels({ resolution: 2, channels: 1 }, 'imagenet')).toThrow(
      'expected a network of 3 channels; got 1',
    );
  });

  it('has a mean and a deviation for each channel', () => {
    const found = preprocessed(images, [2, 2, 1, 2], { layout: 'NHWC', mean: [0, 1], std: [1, 2] });
    for (const [i, value] of [0, 0, 0.2, -0.1, 0.4, -0.2, 1, -0.5].entries()) expect(found[i]).toBeCloseTo(value, 6);
  });

  it('puts channels first where that is asked for', () => {
    const how = { mean: [0, 0], std: [1, 1] };
    const last = preprocessed(images, [2, 2, 1, 2], { ...how, layout: 'NHWC' });
    const first = preprocessed(images, [2, 2, 1, 2], { ...how, layout: 'NCHW' });
    expect([...first]).toEqual([0, 2, 1, 3, 4, 6, 5, 7].map((i) => last[i]));
    expect(extentsIn('NCHW', [2, 3, 4, 5])).toEqual([2, 5, 3, 4]);
    expect(extentsIn('NHWC', [2, 3, 4, 5])).toEqual([2, 3, 4, 5]);
  });
});
