import { describe, expect, it } from 'vitest';
import { head } from '#networks/nn/blocks/head';
import type { Forward } from '#networks/nn/network';
import { conventions, randomBatch, randomModel } from '#test/networks/nn/fixtures';
import { expectClose } from '#test/networks/tensor/op-check';

const frame = { ...conventions, input: { resolution: 4, channels: 3 }, classes: 2 } as const;

describe('a head', () => {
  it('of width 0 everywhere is a fully connected layer with a bias on the mean of each map, worked by hand', () => {
    const forward: Forward = (pass, images) => head(pass, { conv: 0, hidden: 0, hiddenNorm: true }, 2, images);
    const model = randomModel(frame, forward);
    const batch = randomBatch(frame, 2);
    expect([...model.layout.specs].map(([name, { shape }]) => [name, shape])).toEqual([
      ['head.fc.kernel', [3, 2]],
      ['head.fc.bias', [2]],
    ]);
    const [w00, w01, w10, w11, w20, w21, b0, b1] = model.weights.values() as unknown as number[] & { length: 8 };
    const expected = [0, 1].flatMap((image) => {
      const maps = [0, 1, 2].map((c) => {
        const pixels = Array.from({ length: 16 }, (_, p) => batch.images[48 * image + 3 * p + c]! / 127.5 - 1);
        return pixels.reduce((sum, pixel) => sum + pixel, 0) / 16;
      }) as [number, number, number];
      return [
        maps[0] * w00! + maps[1] * w10! + maps[2] * w20! + b0!,
        maps[0] * w01! + maps[1] * w11! + maps[2] * w21! + b1!,
      ];
    });
    expectClose(model.logits(forward, batch), Float32Array.from(expected));
    model.dispose();
  });

  it('drops out what its last layer sees, no more', () => {
    const seen: number[][] = [];
    const forward: Forward = (pass, images) => {
      const dropout: typeof pass.dropout = (x) => {
        seen.push([...x.tensor.shape]);
        return pass.dropout(x);
      };
      return head({ ...pass, dropout }, { conv: 8, hidden: 16, hiddenNorm: true }, 2, images);
    };
    const model = randomModel(frame, forward);
    seen.length = 0;
    model.logits(forward, randomBatch(frame, 5));
    expect(seen).toEqual([[5, 1, 1, 16]]);
    model.dispose();
  });
});
