import { describe, expect, it } from 'vitest';
import { argmax, entropy, entropyOf, probabilities, uniformPolicy } from '#tasks/search/controller/policy';
import { choicesOf } from './choices.js';

const ln = Math.log;

describe('a policy', () => {
  it('starts uniform: choices of 1, 2, 3, 4 options have a total entropy of ln 24', () => {
    const start = entropy(uniformPolicy(choicesOf(1, 2, 3, 4)));
    expect(start.mean * 4).toBeCloseTo(ln(24), 12);
    expect(start.relative).toBeCloseTo(1, 12);
  });

  it('has softmax probabilities, flattened by the temperature', () => {
    expect(probabilities([0, ln(3)], 1)).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
    expect(probabilities([0, ln(9)], 2)).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
    expect(probabilities([1000, 0], 1)).toEqual([1, 0]);
  });

  it('has no entropy if it is certain', () => {
    expect(entropyOf([0, 1, 0])).toBe(0);
    expect(entropy({ ...uniformPolicy(choicesOf(2)), logits: [[1e5, 0]] })).toEqual({ mean: 0, relative: 0 });
    expect(entropy(uniformPolicy([]))).toEqual({ mean: 0, relative: 0 });
  });

  it('decides on its most likely options, the first of them at a tie', () => {
    expect(
      argmax({
        ...uniformPolicy(choicesOf(3, 2)),
        logits: [
          [0, 2, 1],
          [1, 1],
        ],
      }),
    ).toEqual([1, 0]);
  });
});
