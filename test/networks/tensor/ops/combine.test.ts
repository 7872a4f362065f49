import { describe, expect, it } from 'vitest';
import { add, mean } from '#networks/tensor/ops/combine';
import { expectLikeTfjs, expectSlopes, normals, type Op, onTape } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

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
