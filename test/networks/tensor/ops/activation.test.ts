import { describe, expect, it } from 'vitest';
import { type Activation, activations } from '#networks/space/block';
import { readFloats } from '#networks/tensor/backend';
import { activated, hardSigmoid, relu, reluGradient } from '#networks/tensor/ops/activation';
import { activationsInTfjs } from '#test/networks/nn/tfjs-network';
import { create, expectLikeTfjs, expectSlopes, normals, type Op, onTape } from '#test/networks/tensor/op-check';

describe('relu', () => {
  it('keeps what is positive, and its gradient lets through exactly that', () => {
    const x = create({ shape: [4], values: Float32Array.of(-1, 0, 0.5, 2) });
    const dy = create({ shape: [4], values: Float32Array.of(10, 20, 30, 40) });
    expect([...readFloats(relu(x))]).toEqual([0, 0, 0.5, 2]);
    expect([...readFloats(reluGradient(dy, x))]).toEqual([0, 0, 30, 40]);
    expect([...readFloats(reluGradient(dy, relu(x)))]).toEqual([0, 0, 30, 40]);
  });
});

const by =
  (activation: Activation): Op =>
  (tape, x) =>
    activated(tape, x, activation);

describe('an activation', () => {
  it.each([
    ['relu', [0, 1, 0, 9, 0, 2.5, 0]],
    ['relu6', [0, 1, 0, 6, 0, 2.5, 0]],
    ['gelu', [0, 0.841345, -0.158655, 9, 0, 2.484476, -0.015524]],
    ['hardSwish', [0, 4 / 6, -2 / 6, 9, 0, (2.5 * 5.5) / 6, (-2.5 * 0.5) / 6]],
  ] as const)('%s has its values at 0, 1, -1, 9, -9, 2.5 and -2.5', (activation, expected) => {
    const x = { shape: [7], values: Float32Array.of(0, 1, -1, 9, -9, 2.5, -2.5) };
    const { values } = onTape(by(activation), [x]);
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
  });

  it.each(activations)('%s has the value and gradient of the same formula in TensorFlow.js', (activation) => {
    const { shape, values } = normals('x', 2, 3, 3, 5);
    const wide = { shape, values: values.map((value) => 4 * value) };
    expectLikeTfjs(by(activation), activationsInTfjs[activation], [wide]);
  });

  it.each(activations)('%s has the slopes of central differences', (activation) => {
    expectSlopes(by(activation), [normals('x', 40)]);
  });
});

describe('a hard sigmoid', () => {
  it('is 0 up to -3, 1 from 3 on and a straight line between, and so are its slopes', () => {
    const x = { shape: [5], values: Float32Array.of(-4, -1.5, 0, 1.5, 4) };
    const { values, gradients } = onTape(hardSigmoid, [x], Float32Array.of(6, 6, 6, 6, 6));
    for (const [i, value] of [0, 0.25, 0.5, 0.75, 1].entries()) expect(values[i]).toBeCloseTo(value, 6);
    for (const [i, slope] of [0, 1, 1, 1, 0].entries()) expect(gradients[0]?.[i]).toBeCloseTo(slope, 6);
  });
});
