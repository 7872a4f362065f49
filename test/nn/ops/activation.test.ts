import { describe, expect, it } from 'vitest';
import { readFloats } from '../../../src/nn/backend.js';
import { gelu, relu, reluGradient } from '../../../src/nn/ops/activation.js';
import { create, expectLikeTfjs, expectSlopes, normals, onTape } from '../op-check.js';
import type { tf } from '../tfjs.js';

const geluInTfjs = (x: tf.Tensor) => x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5));

describe('relu', () => {
  it('keeps what is positive, and its gradient lets through exactly that', () => {
    const x = create({ shape: [4], values: Float32Array.of(-1, 0, 0.5, 2) });
    const dy = create({ shape: [4], values: Float32Array.of(10, 20, 30, 40) });
    expect([...readFloats(relu(x))]).toEqual([0, 0, 0.5, 2]);
    expect([...readFloats(reluGradient(dy, x))]).toEqual([0, 0, 30, 40]);
    expect([...readFloats(reluGradient(dy, relu(x)))]).toEqual([0, 0, 30, 40]);
  });
});

describe('gelu', () => {
  it('is x times the normal distribution function: 0 at 0, .8413 at 1, x far out, and gelu(x) - gelu(-x) = x', () => {
    const x = [0, 1, -1, 9, -9, 2.5, -2.5];
    const { values } = onTape(gelu, [{ shape: [7], values: Float32Array.from(x) }]);
    const expected = [0, 0.841345, -0.158655, 9, 0, 2.484476, -0.015524];
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
  });

  it('has the value and gradient of the same formula in TensorFlow.js', () => {
    expectLikeTfjs(gelu, geluInTfjs, [normals('x', 2, 3, 3, 5)]);
  });

  it('has the slopes of central differences', () => {
    expectSlopes(gelu, [normals('x', 40)]);
  });
});
