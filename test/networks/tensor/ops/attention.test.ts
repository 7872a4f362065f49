import { describe, expect, it } from 'vitest';
import { dotProductAttention, matrixProducts, softmaxed } from '#networks/tensor/ops/attention';
import { transposed } from '#networks/tensor/ops/transpose';
import { expectLikeTfjs, expectSlopes, normals, type Op, onTape } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

const inTfjs = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
  const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape.at(-1) as number));
  return tf.matMul(scores.softmax(), v);
};

describe('dot-product attention', () => {
  it('gives the mean of the values where the keys are alike, and the value of the key that is far ahead', () => {
    const value = { shape: [1, 2, 1], values: Float32Array.of(2, 6) };
    const query = { shape: [1, 1, 4], values: Float32Array.of(20, 0, 0, 0) };
    const key = (a: number, b: number) => ({ shape: [1, 2, 4], values: Float32Array.of(a, 0, 0, 0, b, 0, 0, 0) });
    expect(onTape(dotProductAttention, [query, key(3, 3), value]).values[0]).toBeCloseTo(4, 6);
    expect(onTape(dotProductAttention, [query, key(1, 9), value]).values[0]).toBeCloseTo(6, 6);
    expect(onTape(dotProductAttention, [query, key(0.1, 0), value]).values[0]).toBeCloseTo(
      (2 * Math.E + 6) / (Math.E + 1),
      5,
    );
  });

  it.each([
    [
      [2, 6, 4],
      [2, 3, 4],
      [2, 3, 5],
    ],
    [
      [2, 3, 7, 8],
      [2, 3, 7, 8],
      [2, 3, 7, 4],
    ],
  ] as const)('of %j, %j and %j has the value and gradients of its formula in TensorFlow.js', (q, k, v) => {
    expectLikeTfjs(dotProductAttention, inTfjs as never, [normals('q', ...q), normals('k', ...k), normals('v', ...v)]);
  });

  it('has the slopes of central differences', () => {
    expectSlopes(dotProductAttention, [normals('q', 2, 5, 4), normals('k', 2, 3, 4), normals('v', 2, 3, 2)]);
  });
});

describe('the parts of attention', () => {
  it('have the values and gradients of TensorFlow.js', () => {
    const [query, key, value] = [normals('q', 2, 6, 4), normals('k', 2, 3, 4), normals('v', 2, 4, 3)];
    const products =
      (isTransposed: boolean): Op =>
      (tape, a, b) =>
        matrixProducts(tape, a, b, isTransposed);
    expectLikeTfjs(products(true), (a, b) => tf.matMul(a, b, false, true), [query, key]);
    expectLikeTfjs(products(false), (a, b) => tf.matMul(a, b), [query, value]);
    expectLikeTfjs(softmaxed, (x) => x.softmax(), [query]);
  });
});

describe('a transposition', () => {
  it('and its gradient are those of TensorFlow.js', () => {
    expectLikeTfjs(
      (tape, x) => transposed(tape, x, [0, 3, 1, 2]),
      (x) => x.transpose([0, 3, 1, 2]),
      [normals('x', 2, 3, 4, 5)],
    );
  });
});
