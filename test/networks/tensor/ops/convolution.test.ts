import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conv2d, depthwise } from '#networks/tensor/ops/convolution';
import { expectLikeTfjs, expectSlopes, normals, type Op, onTape } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

/** Kernels larger and smaller than the map, strides that divide it and that do not. */
const geometry = fc.record({
  k: fc.constantFrom(1, 3, 5),
  stride: fc.constantFrom(1, 2),
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 10 }),
  width: fc.integer({ min: 1, max: 10 }),
  cin: fc.integer({ min: 1, max: 5 }),
  cout: fc.integer({ min: 1, max: 5 }),
});

const dense =
  (stride: number): Op =>
  (tape, x, kernel) =>
    conv2d(tape, x, kernel, stride);
const perChannel =
  (stride: number): Op =>
  (tape, x, kernel) =>
    depthwise(tape, x, kernel, stride);
const corners = [3, 5].flatMap((k) => [1, 2].flatMap((stride) => [7, 8].map((side) => ({ k, stride, side }))));

/** As in networks: widths that vectors fit and that they do not, from large maps to the last ones. */
const real = [
  { side: 28, channels: 16 },
  { side: 14, channels: 72 },
  { side: 7, channels: 96 },
  { side: 4, channels: 120 },
  { side: 2, channels: 64 },
].flatMap((size) => [3, 5].flatMap((k) => [1, 2].map((stride) => ({ ...size, k, stride }))));
const conv2dInTfjs = (stride: number) => (x: tf.Tensor, kernel: tf.Tensor) =>
  tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, 'same');
const depthwiseInTfjs = (stride: number) => (x: tf.Tensor, kernel: tf.Tensor) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, 'same');

describe('a dense convolution', () => {
  it('sums a 3x3 neighbourhood, padded with zeros, worked by hand', () => {
    const x = { shape: [1, 2, 2, 1], values: Float32Array.of(1, 2, 3, 4) };
    const kernel = { shape: [3, 3, 1, 1], values: new Float32Array(9).fill(1) };
    expect([...onTape(dense(1), [x, kernel]).values]).toEqual([10, 10, 10, 10]);
    expect([...onTape(dense(2), [x, kernel]).values]).toEqual([10]);
  });

  it('has the value and gradients of TensorFlow.js, for any kernel, stride and size', () => {
    fc.assert(
      fc.property(geometry, ({ k, stride, batch, height, width, cin, cout }) => {
        const inputs = [normals('x', batch, height, width, cin), normals('kernel', k, k, cin, cout)];
        expectLikeTfjs(dense(stride), conv2dInTfjs(stride), inputs);
      }),
      { numRuns: 40 },
    );
  });

  it.each([3, 5])('of kernel size %i agrees with TensorFlow.js at the sizes of real stems', (k) => {
    for (const stride of [1, 2]) {
      const inputs = [normals('x', 3, 28, 28, 3), normals('kernel', k, k, 3, 16)];
      expectLikeTfjs(dense(stride), conv2dInTfjs(stride), inputs);
    }
  });

  it.each(corners)('of $k x $k, stride $stride, on $side x $side has the slopes of central differences', (corner) => {
    const { k, stride, side } = corner;
    expectSlopes(dense(stride), [normals('x', 2, side, side, 3), normals('kernel', k, k, 3, 2)]);
  });
});

describe('a depthwise convolution', () => {
  it('filters each channel by itself, worked by hand', () => {
    const x = { shape: [1, 1, 2, 2], values: Float32Array.of(1, 10, 2, 20) };
    const kernel = { shape: [1, 1, 2, 1], values: Float32Array.of(3, -1) };
    expect([...onTape(perChannel(1), [x, kernel]).values]).toEqual([3, -10, 6, -20]);
  });

  it('has the value and gradients of TensorFlow.js, for any kernel, stride and size', () => {
    fc.assert(
      fc.property(geometry, ({ k, stride, batch, height, width, cin }) => {
        const inputs = [normals('x', batch, height, width, cin), normals('kernel', k, k, cin, 1)];
        expectLikeTfjs(perChannel(stride), depthwiseInTfjs(stride), inputs);
      }),
      { numRuns: 60 },
    );
  });

  it.each(real)('of $k x $k, stride $stride, on $side x $side x $channels agrees with TensorFlow.js', (size) => {
    const { k, stride, side, channels } = size;
    const inputs = [normals('x', 2, side, side, channels), normals('kernel', k, k, channels, 1)];
    expectLikeTfjs(perChannel(stride), depthwiseInTfjs(stride), inputs);
  });

  it.each(corners)('of $k x $k, stride $stride, on $side x $side has the slopes of central differences', (corner) => {
    const { k, stride, side } = corner;
    expectSlopes(perChannel(stride), [normals('x', 2, side, side, 4), normals('kernel', k, k, 4, 1)]);
  });
});
