import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattened, pointwise } from '#networks/tensor/ops/pointwise';
import { expectLikeTfjs, expectSlopes, normals, onTape } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

const size = fc.integer({ min: 1, max: 7 });

const conv2d = (x: tf.Tensor, kernel: tf.Tensor) => {
  const [cin, cout] = kernel.shape as [number, number];
  return tf.conv2d(x as tf.Tensor4D, kernel.reshape([1, 1, cin, cout]) as tf.Tensor4D, 1, 'same');
};

describe('a pointwise convolution', () => {
  it('is a matrix product with each pixel, worked by hand', () => {
    const x = { shape: [1, 1, 2, 2], values: Float32Array.of(1, 2, 3, 4) };
    const kernel = { shape: [2, 3], values: Float32Array.of(1, 0, -1, 0, 1, 10) };
    const { shape, values } = onTape(pointwise, [x, kernel]);
    expect(shape).toEqual([1, 1, 2, 3]);
    expect([...values]).toEqual([1, 2, 19, 3, 4, 37]);
  });

  it('has the value and gradients of a 1x1 conv2d in TensorFlow.js, for any sizes', () => {
    fc.assert(
      fc.property(size, size, size, size, size, (b, h, w, cin, cout) => {
        expectLikeTfjs(pointwise, conv2d, [normals('x', b, h, w, cin), normals('kernel', cin, cout)]);
      }),
      { numRuns: 20 },
    );
  });

  it('agrees with it at the sizes of real networks', () => {
    for (const [side, cin, cout] of [
      [14, 16, 64],
      [7, 72, 24],
      [4, 96, 384],
      [1, 256, 10],
    ] as const) {
      expectLikeTfjs(pointwise, conv2d, [normals('x', 4, side, side, cin), normals('kernel', cin, cout)]);
    }
  });

  it('is a fully connected layer on [B, C]', () => {
    const product = (x: tf.Tensor, kernel: tf.Tensor) => tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D);
    expectLikeTfjs(pointwise, product, [normals('x', 4, 5), normals('kernel', 5, 3)]);
  });

  it('has the slopes of central differences', () => {
    expectSlopes(pointwise, [normals('x', 2, 3, 3, 4), normals('kernel', 4, 5)]);
  });
});

describe('flattening', () => {
  it('takes [B, 1, 1, C] to [B, C] and its gradient back', () => {
    expectLikeTfjs(flattened, (x) => x.reshape([3, 5]), [normals('x', 3, 1, 1, 5)]);
  });
});
