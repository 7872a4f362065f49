import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendall, ranks, spearman } from '#core/statistics/rank-correlation';

describe('ranks', () => {
  it('count from 1, and equal values share the mean of their places', () => {
    expect(ranks([10, 30, 20])).toEqual([1, 3, 2]);
    expect(ranks([5, 1, 5, 5, 7])).toEqual([3, 1, 3, 3, 5]);
    expect(ranks([2, 2])).toEqual([1.5, 1.5]);
  });
});

describe("Spearman's rho", () => {
  it('is 1 for one order, -1 for the reverse, whatever the distances', () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 11, 1000])).toBeCloseTo(1, 12);
    expect(spearman([1, 2, 3, 4], [9, 4, 1, 0])).toBeCloseTo(-1, 12);
  });

  it('is 1 - 6 sum d^2 / (n (n^2 - 1)) without ties', () => {
    const order = fc.uniqueArray(fc.integer(), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(order, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (a, random) => {
        const b = a.map(() => random.next().value as number);
        fc.pre(new Set(b).size === b.length);
        const [ra, rb, n] = [ranks(a), ranks(b), a.length];
        const squares = ra.reduce((sum, rank, i) => sum + (rank - rb[i]!) ** 2, 0);
        expect(spearman(a, b)).toBeCloseTo(1 - (6 * squares) / (n * (n * n - 1)), 10);
      }),
    );
  });

  it('corrects for ties', () => {
    // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('is no number where there is no order', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(spearman([1], [2])).toBeNaN();
  });
});

describe("Kendall's tau-b", () => {
  it('is 1 for one order, -1 for the reverse', () => {
    expect(kendall([1, 2, 3, 4], [1, 10, 11, 1000])).toBeCloseTo(1, 12);
    expect(kendall([1, 2, 3, 4], [9, 4, 1, 0])).toBeCloseTo(-1, 12);
  });

  it('counts pairs: of six, five alike and one not', () => {
    expect(kendall([1, 2, 3, 4], [1, 2, 4, 3])).toBeCloseTo(4 / 6, 12);
  });

  it('divides by the pairs that each series orders', () => {
    // Of six pairs the first series orders five, the second all six, and the five alike.
    expect(kendall([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(5 / Math.sqrt(5 * 6), 12);
  });

  it('is no number where there is no order', () => {
    expect(kendall([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});
