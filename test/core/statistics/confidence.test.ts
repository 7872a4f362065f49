import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import {
  bootstrapInterval,
  type ConfidenceInterval,
  differenceInterval,
  meanInterval,
  medianInterval,
  studentQuantile,
} from '#core/statistics/confidence';
import { deviationOf, meanOf } from '#core/statistics/scoring';

describe("the quantile of Student's t", () => {
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [10, 2.228],
    [30, 2.042],
    [1e6, 1.96],
  ])('with %d degrees of freedom is near %d', (freedom, expected) => {
    expect(Math.abs(studentQuantile(freedom) / expected - 1)).toBeLessThan(0.01);
  });
});

describe('the interval of a mean', () => {
  it('is the mean plus and minus t times its standard error', () => {
    const [from, to] = meanInterval([1, 2, 3, 4, 5]) as ConfidenceInterval;
    expect((from + to) / 2).toBeCloseTo(3, 12);
    expect((to - from) / 2).toBeCloseTo(2.776 * Math.sqrt(2.5 / 5), 2);
  });

  it('does not exist for a single value, nor for values of a single case', () => {
    expect([meanInterval([1]), meanInterval([1, 2, 3], ['a', 'a', 'a'])]).toEqual([null, null]);
  });

  it('of cases with equally many values is that of their means', () => {
    const means = [1, 4, 6];
    const values = [0, 2, 3, 5, 5, 7];
    const found = meanInterval(values, ['a', 'a', 'b', 'b', 'c', 'c']) as ConfidenceInterval;
    for (const [i, bound] of (meanInterval(means) as ConfidenceInterval).entries())
      expect(found[i]).toBeCloseTo(bound, 12);
  });

  it('weighs a case by its values: of m cases with sums of distances d, the variance is m / (m - 1) sum d^2 / n^2', () => {
    const [from, to] = meanInterval([1, 1, 4], ['a', 'a', 'b']) as ConfidenceInterval; // mean 2, sums -2 and 2
    expect((from + to) / 2).toBeCloseTo(2, 12);
    expect((to - from) / 2).toBeCloseTo(studentQuantile(1) * Math.sqrt((2 * (4 + 4)) / 9), 9);
  });

  it('holds the true mean in 95 of 100 samples', () => {
    const random = randomStream('confidence');
    const holds = Array.from({ length: 4000 }, () => {
      const [from, to] = meanInterval(Array.from({ length: 4 }, () => random.normal())) as ConfidenceInterval;
      return Number(from <= 0 && to >= 0);
    });
    expect(Math.abs(meanOf(holds) - 0.95)).toBeLessThan(0.015);
  });
});

describe('the interval of a median', () => {
  it('leaves out as many values on each side as a fair coin allows', () => {
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => n - i);
    expect(medianInterval(upTo(5))).toBeNull(); // 2 / 2^5 is more than 5 %
    expect(medianInterval(upTo(6))).toEqual([1, 6]);
    expect(medianInterval(upTo(9))).toEqual([2, 8]); // 2 (1 + 9) / 2^9 is 3.9 %
    expect(medianInterval(upTo(15))).toEqual([4, 12]);
  });

  it('holds the true median in about 95 of 100 samples, and exists for thousands of values', () => {
    const random = randomStream('medians');
    const holds = Array.from({ length: 400 }, () => {
      const [from, to] = medianInterval(Array.from({ length: 41 }, () => random.uniform())) as [number, number];
      return from <= 0.5 && 0.5 <= to;
    });
    expect(holds.filter(Boolean).length / holds.length).toBeGreaterThan(0.92);
    const [from, to] = medianInterval(Array.from({ length: 10_000 }, (_, i) => i)) as [number, number];
    expect(to - from).toBeLessThan(250); // 2 * 1.96 * sqrt(n) / 2 is 196
  });
});

describe('the interval of a difference', () => {
  it("is Welch's: of equal sizes and variances that of 2 (n - 1) degrees of freedom", () => {
    const [a, b] = [
      [5, 6, 7],
      [1, 2, 3],
    ];
    const [from, to] = differenceInterval(a, b) as ConfidenceInterval;
    expect((from + to) / 2).toBeCloseTo(4, 12);
    expect((to - from) / 2).toBeCloseTo(studentQuantile(4) * Math.sqrt(2 / 3), 9);
  });

  it('has no width where nothing varies, and does not exist where one sample has one case', () => {
    expect(differenceInterval([2, 2], [1, 1])).toEqual([1, 1]);
    expect(differenceInterval([2], [1, 3])).toBeNull();
    expect(differenceInterval([2, 2, 3], [1, 3], ['a', 'a', 'a'])).toBeNull();
  });
});

describe('the bootstrap interval', () => {
  it('of a mean is near the normal one for many cases', () => {
    const random = randomStream('cases');
    const values = Array.from({ length: 400 }, () => random.normal());
    const mean = (cases: readonly number[]) => meanOf(cases.map((i) => values[i] as number));
    const [from, to] = bootstrapInterval(values.length, mean, randomStream('bootstrap')) as ConfidenceInterval;
    const half = (1.96 * (deviationOf(values) as number)) / Math.sqrt(values.length);
    expect(from).toBeCloseTo(meanOf(values) - half, 1);
    expect(to).toBeCloseTo(meanOf(values) + half, 1);
  });

  it('leaves out resamples for which the statistic is NaN', () => {
    const first = (cases: readonly number[]) => (cases[0] === 0 ? Number.NaN : 1);
    expect(bootstrapInterval(2, first, randomStream('nan'))).toEqual([1, 1]);
    expect(bootstrapInterval(1, first, randomStream('nan'))).toBeNull();
  });
});
