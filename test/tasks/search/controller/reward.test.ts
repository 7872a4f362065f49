import { describe, expect, it } from 'vitest';
import { type CostTerm, defaultBeta, reward } from '#tasks/search/controller/reward';

const dear: CostTerm = { value: 1, target: 0.5, beta: -0.07 };
const cheap: CostTerm = { value: 0.25, target: 0.5, beta: -0.07 };
const exact: CostTerm = { value: 0.5, target: 0.5, beta: -0.07 };

describe('the reward', () => {
  it('of 0.8 at twice the target with beta -0.07 is 0.73 (absolute) and 0.76211 (mnas, mnas-hard)', () => {
    expect(reward('absolute', 0.8, [dear])).toBeCloseTo(0.73, 12);
    expect(reward('mnas', 0.8, [dear])).toBeCloseTo(0.76211, 5);
    expect(reward('mnas-hard', 0.8, [dear])).toBeCloseTo(0.76211, 5);
  });

  it('below the target is penalised by absolute, raised by mnas, and left alone by mnas-hard', () => {
    expect(reward('absolute', 0.8, [cheap])).toBeCloseTo(0.8 - 0.07 / 2, 12);
    expect(reward('mnas', 0.8, [cheap])).toBeCloseTo(0.8 * 2 ** 0.07, 12);
    expect(reward('mnas-hard', 0.8, [cheap])).toBe(0.8);
  });

  it.each(['absolute', 'mnas', 'mnas-hard'] as const)('%s is the quality on target, or without a cost', (kind) => {
    expect(reward(kind, 0.8, [exact])).toBe(0.8);
    expect(reward(kind, 0.8, [])).toBe(0.8);
  });

  it('adds up the penalties of several costs, each with its own target and beta', () => {
    const other: CostTerm = { value: 3, target: 2, beta: -0.2 };
    expect(reward('absolute', 0.8, [dear, other])).toBeCloseTo(0.8 - 0.07 - 0.1, 12);
    expect(reward('mnas', 0.8, [dear, other])).toBeCloseTo(0.8 * 2 ** -0.07 * 1.5 ** -0.2, 12);
    expect(reward('mnas-hard', 0.8, [dear, cheap])).toBeCloseTo(0.8 * 2 ** -0.07, 12);
  });

  it('has the released default slope', () => {
    expect(defaultBeta).toBe(-0.1);
  });
});
