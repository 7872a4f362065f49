import { describe, expect, it } from 'vitest';
import { entropyOf, probabilities, uniformPolicy } from '#tasks/search/controller/policy';
import {
  baselineValue,
  type ControllerState,
  entropyGradient,
  logProbSlope,
  reinforce,
  startController,
  updatedBaseline,
} from '#tasks/search/controller/reinforce';
import type { Sample } from '#tasks/search/controller/sample';
import { choicesOf } from './choices.js';

/** Makes a sample that drew these options, with nothing replaced or skipped. */
function drew(decisions: number[], more: Partial<Sample> = {}): Sample {
  const every = (value: boolean) => decisions.map(() => value);
  return {
    decisions,
    allOn: every(false),
    replaced: every(false),
    active: every(true),
    ...more,
  };
}

/** Computes central differences of a function of the logits. */
function slopes(f: (logits: number[]) => number, logits: readonly number[]): number[] {
  const moved = (i: number, by: number) => logits.map((z, j) => (i === j ? z + by : z));
  return logits.map((_, i) => (f(moved(i, 1e-5)) - f(moved(i, -1e-5))) / 2e-5);
}

describe('the gradients', () => {
  const logits = [0.3, -1, 0.7];
  const temperature = 1.7;
  const p = probabilities(logits, temperature);

  it('of the log-probability are ([i = drawn] - p_i) / temperature', () => {
    const byDifferences = slopes((z) => Math.log(probabilities(z, temperature)[2] as number), logits);
    for (const [i, pi] of p.entries()) {
      const found = logProbSlope(i === 2, pi, temperature);
      expect(found).toBe((Number(i === 2) - pi) / temperature);
      expect(found).toBeCloseTo(byDifferences[i] as number, 8);
    }
  });

  it('of the entropy are -p_i (ln p_i + H) / temperature', () => {
    const byDifferences = slopes((z) => entropyOf(probabilities(z, temperature)), logits);
    for (const [i, g] of entropyGradient(p, temperature).entries())
      expect(g).toBeCloseTo(byDifferences[i] as number, 8);
  });
});

describe('the baseline', () => {
  it('is the first reward at first, then an average of momentum 0.95 without zero bias', () => {
    const first = updatedBaseline({ weighted: 0, weight: 0 }, 0.6);
    const second = updatedBaseline(first, 0.8);
    expect(baselineValue(first)).toBeCloseTo(0.6, 12);
    expect(baselineValue(second)).toBeCloseTo((0.95 * 0.6 + 0.8) / 1.95, 12);
    expect(baselineValue({ weighted: 0, weight: 0 })).toBe(0);
  });

  it('contains the current step: the first reward moves nothing', () => {
    const start = startController(choicesOf(3));
    const { policy } = reinforce(start, [{ sample: drew([1]), reward: 5 }], { learningRate: 1 });
    for (const logit of policy.logits[0] as number[]) expect(logit).toBeCloseTo(0, 6);
  });
});

describe('an update', () => {
  /** A state whose baseline stays at 0.5 for a step's mean reward of 0.5. */
  const start: ControllerState = { ...startController(choicesOf(2)), baseline: { weighted: 0.5, weight: 1 } };

  it('is Adam with beta1 = 0 and beta2 = 0.999, by hand over two steps', () => {
    const step = (state: ControllerState, reward: number) =>
      reinforce({ ...state, baseline: { weighted: 0, weight: 1 } }, [{ sample: drew([0]), reward }], {
        learningRate: 0.1,
      });
    const advantage = (reward: number) => reward - 0.05 * reward; // the baseline takes in a twentieth
    const first = step(start, 0.4);
    const g1 = advantage(0.4) * 0.5;
    const v1 = 0.001 * g1 ** 2;
    const z1 = (0.1 * Math.sqrt(1 - 0.999) * g1) / (Math.sqrt(v1) + 1e-8);
    expect(first.squares[0]?.[0]).toBeCloseTo(v1, 15);
    expect(first.policy.logits[0]).toEqual([expect.closeTo(z1, 12), expect.closeTo(-z1, 12)]);
    expect(z1).toBeCloseTo(0.1, 6); // the first step is the learning rate itself

    const second = step(first, -0.2);
    const p = 1 / (1 + Math.exp(-2 * z1));
    const g2 = advantage(-0.2) * (1 - p);
    const v2 = 0.999 * v1 + 0.001 * g2 ** 2;
    const z2 = z1 + (0.1 * Math.sqrt(1 - 0.999 ** 2) * g2) / (Math.sqrt(v2) + 1e-8);
    expect(second.updates).toBe(2);
    expect(second.policy.logits[0]?.[0]).toBeCloseTo(z2, 12);
  });

  it('averages the gradients of several samples, and their squares one by one', () => {
    const outcomes = [
      { sample: drew([0]), reward: 0.7 },
      { sample: drew([1]), reward: 0.3 },
    ];
    const { squares, policy, baseline } = reinforce(start, outcomes, { learningRate: 0.1 });
    expect(baselineValue(baseline)).toBeCloseTo(0.5, 12);
    const g = 0.2 * 0.5; // both samples favour option 0
    expect(squares[0]?.[0]).toBeCloseTo(0.001 * g ** 2, 15);
    expect(policy.logits[0]?.[0]).toBeCloseTo(0.1, 6);

    const opposed = reinforce(
      start,
      outcomes.map(({ reward }) => ({ sample: drew([0]), reward })),
      { learningRate: 0.1 },
    );
    expect(opposed.squares[0]?.[0]).toBeCloseTo(0.001 * g ** 2, 15); // the square of the mean gradient would be 0
    expect(opposed.policy.logits[0]?.[0]).toBeCloseTo(0, 12);
  });

  it('at learning rate 0 moves baseline and moments, not the logits', () => {
    const { policy, squares, baseline, updates } = reinforce(start, [{ sample: drew([0]), reward: 1 }], {
      learningRate: 0,
    });
    expect(policy.logits).toEqual([[0, 0]]);
    expect(squares[0]?.[0]).toBeGreaterThan(0);
    expect(baselineValue(baseline)).toBeGreaterThan(0.5);
    expect(updates).toBe(1);
  });

  it('leaves replaced or inactive choices unchanged, except for the decay of their moments', () => {
    const state = {
      ...startController(choicesOf(2, 2)),
      squares: [
        [1, 1],
        [1, 1],
      ],
      baseline: start.baseline,
    };
    const sample = drew([0, 1], { replaced: [true, false], active: [true, false] });
    const { policy, squares } = reinforce(state, [{ sample, reward: 1 }], { learningRate: 1 });
    expect(policy.logits).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(squares).toEqual([
      [0.999, 0.999],
      [0.999, 0.999],
    ]);
  });

  it('with an entropy bonus moves towards uniform, in a plain gradient step', () => {
    const policy = { ...uniformPolicy(choicesOf(2)), logits: [[1, 0]] };
    const outcomes = [{ sample: drew([0]), reward: 0.5 }]; // no advantage
    const { policy: after } = reinforce({ ...start, policy }, outcomes, { learningRate: 0.1, entropyBonus: 3 });
    const [slope] = entropyGradient(probabilities([1, 0], 1), 1) as [number, number];
    expect(after.logits[0]?.[0]).toBeCloseTo(1 + 0.3 * slope, 10);
    expect(slope).toBeLessThan(0);
  });

  it('starts from a state that survives JSON', () => {
    const state = reinforce(start, [{ sample: drew([0]), reward: 1 }], { learningRate: 0.3 });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});
