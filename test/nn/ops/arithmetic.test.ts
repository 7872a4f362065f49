import { describe, expect, it } from 'vitest';
import { add, biasAdd, globalAveragePool, masked, mean } from '../../../src/nn/ops/arithmetic.js';
import { create, expectLikeTfjs, expectSlopes, normals, type Op, onTape } from '../op-check.js';
import { tf } from '../tfjs.js';

const meanOf: Op = (tape, ...branches) => mean(tape, branches);
const [a, b, c] = ['a', 'b', 'c'].map((name) => normals(name, 2, 3, 4, 5)) as [
  ReturnType<typeof normals>,
  ReturnType<typeof normals>,
  ReturnType<typeof normals>,
];

describe('add', () => {
  it('has the value and gradients of TensorFlow.js', () => expectLikeTfjs(add, tf.add, [a, b]));
  it('has the slopes of central differences', () => expectSlopes(add, [a, b]));
});

describe('the mean of branches', () => {
  it('is their sum over their number, not their sum', () => {
    const branches = [1, 2, 6].map((value) => ({ shape: [1], values: Float32Array.of(value) }));
    const { values, gradients } = onTape(meanOf, branches, Float32Array.of(12));
    expect([...values]).toEqual([3]);
    expect(gradients.map(([gradient]) => gradient)).toEqual([4, 4, 4]);
  });

  it('has the value and gradients of TensorFlow.js, for two and three branches', () => {
    expectLikeTfjs(meanOf, (x, y) => x.add(y as tf.Tensor).div(2), [a, b]);
    expectLikeTfjs(
      meanOf,
      (x, y, z) =>
        x
          .add(y as tf.Tensor)
          .add(z as tf.Tensor)
          .div(3),
      [a, b, c],
    );
  });

  it('of one branch is that branch', () => {
    const oneOf: Op = (tape, x) => {
      expect(mean(tape, [x])).toBe(x);
      return add(tape, x, x);
    };
    expect([...onTape(oneOf, [{ shape: [1], values: Float32Array.of(3) }]).values]).toEqual([6]);
  });

  it('has the slopes of central differences', () => expectSlopes(meanOf, [a, b, c]));
});

describe('global average pooling', () => {
  it('has the value and gradient of TensorFlow.js, on maps of odd and even sides and of one pixel', () => {
    for (const [h, w] of [
      [4, 6],
      [7, 3],
      [1, 1],
    ] as const) {
      expectLikeTfjs(globalAveragePool, (x) => x.mean([1, 2], true), [normals('x', 3, h, w, 5)]);
    }
  });

  it('has the slopes of central differences', () => expectSlopes(globalAveragePool, [a]));
});

describe('a bias', () => {
  it('has the value and gradients of TensorFlow.js, on [B, K] and on [B, H, W, C]', () => {
    expectLikeTfjs(biasAdd, tf.add, [normals('x', 4, 3), normals('bias', 3)]);
    expectLikeTfjs(biasAdd, tf.add, [a, normals('bias', 5)]);
  });

  it('has the slopes of central differences', () => expectSlopes(biasAdd, [a, normals('bias', 5)]));
});

describe('a mask', () => {
  const mask = { ...a, values: a.values.map((value) => (value > 0 ? 2 : 0)) };
  const withMask: Op = (tape, x) => masked(tape, x, create(mask));

  it('multiplies values and gradients, and the tape frees it', () => {
    expectLikeTfjs(withMask, (x) => x.mul(tf.tensor(mask.values, [...mask.shape])), [b]);
  });

  it('has the slopes of central differences', () => expectSlopes(withMask, [b]));
});
