import { describe, it } from 'vitest';
import { biasAdd, globalAveragePool, masked, product, sum } from '#networks/tensor/ops/arithmetic';
import { create, expectLikeTfjs, expectSlopes, normals, type Op } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

const a = normals('a', 2, 3, 4, 5);
const b = normals('b', 2, 3, 4, 5);

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

describe.each([
  ['a sum', sum, tf.add],
  ['a product', product, tf.mul],
] as const)('%s', (_, op, inTfjs) => {
  it.each([
    ['equal shapes', a, b],
    ['a factor for each channel of each image', a, normals('gate', 2, 1, 1, 5)],
    ['a factor for each channel', normals('channels', 5), a],
    ['one number', a, normals('number')],
  ])('of %s has the value and gradients of TensorFlow.js', (_, left, right) => {
    expectLikeTfjs(op, inTfjs as never, [left, right]);
  });
});

describe('a mask', () => {
  const mask = { ...a, values: a.values.map((value) => (value > 0 ? 2 : 0)) };
  const withMask: Op = (tape, x) => masked(tape, x, create(mask));

  it('multiplies values and gradients, and the tape frees it', () => {
    expectLikeTfjs(withMask, (x) => x.mul(tf.tensor(mask.values, [...mask.shape])), [b]);
  });

  it('has the slopes of central differences', () => expectSlopes(withMask, [b]));
});
