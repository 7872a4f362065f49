import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countCorrect,
  countTop,
  deviationOf,
  meanOf,
  midmeanOf,
  predictedClass,
  sumCrossEntropy,
  wilsonInterval,
} from '#core/statistics/scoring';

describe('counting correct rows', () => {
  const logits = Float32Array.of(3, 1, 2, /* */ 1, 3, 2, /* */ 0, 1, 2);

  it('compares the largest entry of each row with its label', () => {
    expect(countCorrect(logits, [0, 1, 2], 3)).toBe(3);
    expect(countCorrect(logits, [1, 1, 0], 3)).toBe(1);
  });

  it('within the k largest counts a label of rank k or better', () => {
    expect([1, 2, 3].map((k) => countTop(logits, [2, 2, 0], 3, k))).toEqual([0, 2, 3]);
  });

  it('lets ties count against the label, so that a constant network scores nothing', () => {
    expect(countCorrect(new Float32Array(6), [0, 2], 3)).toBe(0);
    expect(countTop(Float32Array.of(1, 1, 0), [0], 3, 2)).toBe(1);
  });

  it('counts logits that are not numbers as wrong, so that a diverged network scores nothing', () => {
    const diverged = new Float32Array(6).fill(Number.NaN);
    expect([1, 3, 5].map((k) => countTop(diverged, [0, 2], 3, k))).toEqual([0, 0, 0]);
    expect(countCorrect(Float32Array.of(1, Number.NaN), [0], 2)).toBe(0);
  });

  it('grows with k to all rows, for any logits without ties', () => {
    const row = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.nat(4)), { minLength: 1, maxLength: 8 }), (rows) => {
        const flat = Float32Array.from(rows.flatMap(([values]) => values));
        const labels = rows.map(([, label]) => label);
        const counts = [1, 2, 3, 4, 5].map((k) => countTop(flat, labels, 5, k));
        expect(counts.at(-1)).toBe(rows.length);
        expect(counts).toEqual([...counts].sort((a, b) => a - b));
        expect(counts[0]).toBe(rows.filter(([values, label]) => values[label] === 4).length);
      }),
    );
  });
});

describe('the predicted class', () => {
  const predictions = (label: number, ...logits: number[]) => predictedClass(Float32Array.from(logits), 0, label, 3);

  it('has the largest entry, and is the first of several that are not the label', () => {
    expect([0, 1, 2].map((label) => predictions(label, 1, 3, 2))).toEqual([1, 1, 1]);
    expect([predictions(0, 3, 3, 1), predictions(1, 3, 3, 1), predictions(2, 3, 3, 1)]).toEqual([1, 0, 0]);
    expect(predictions(1, 0, 0, 0)).toBe(0);
  });

  it('is not the label where a logit is not a number', () => {
    expect(predictions(0, 5, 1, Number.NaN)).toBe(2);
    expect(predictions(0, Number.NaN, 1, 2)).toBe(2);
    expect(predictions(2, Number.NaN, Number.NaN, Number.NaN)).toBe(0);
  });

  it('is the only one of a single class', () => {
    expect(predictedClass(Float32Array.of(1, 2), 1, 0, 1)).toBe(0);
  });
});

describe('cross-entropy', () => {
  it('is ln K a row for equal logits', () => {
    expect(
      sumCrossEntropy(new Float32Array(8).fill(7), Float32Array.of(1, 0, 0, 0, 0.125, 0.125, 0.25, 0.5), 4),
    ).toBeCloseTo(2 * Math.log(4), 10);
  });

  it('is the entropy of the targets where the logits are their logarithms, up to a shift', () => {
    const targets = Float32Array.of(0.5, 0.25, 0.125, 0.125);
    const logits = targets.map((p) => Math.log(p) + 3);
    expect(sumCrossEntropy(logits, targets, 4)).toBeCloseTo(1.75 * Math.LN2, 6);
  });

  it("is the logits' distance to the largest for one-hot targets far out, without overflow", () => {
    expect(sumCrossEntropy(Float32Array.of(1000, -1000), Float32Array.of(0, 1), 2)).toBe(2000);
    expect(sumCrossEntropy(Float32Array.of(1000, -1000), Float32Array.of(1, 0), 2)).toBe(0);
  });
});

describe("Wilson's interval", () => {
  it('of 8 in 10 is 0.490 to 0.943, as tabulated', () => {
    const [low, high] = wilsonInterval(8, 10);
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.4902', '0.9433']);
  });

  it('of none in n ends at z² / (n + z²), and is mirrored for all in n', () => {
    const z2 = 1.959964 ** 2;
    const [low, high] = wilsonInterval(0, 50);
    expect(low).toBeCloseTo(0, 12);
    expect(high).toBeCloseTo(z2 / (50 + z2), 12);
    expect(wilsonInterval(50, 50)[0]).toBeCloseTo(50 / (50 + z2), 12);
  });

  it('holds the share, lies within [0, 1] and narrows with n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (n, k) => {
        const correct = Math.min(k, n);
        const [low, high] = wilsonInterval(correct, n);
        const [lowOfMore, highOfMore] = wilsonInterval(4 * correct, 4 * n);
        expect(low).toBeGreaterThan(-1e-12);
        expect(high).toBeLessThan(1 + 1e-12);
        expect(low - 1e-12).toBeLessThanOrEqual(correct / n);
        expect(high + 1e-12).toBeGreaterThanOrEqual(correct / n);
        expect(highOfMore - lowOfMore).toBeLessThan(high - low);
      }),
    );
  });
});

describe('mean and deviation', () => {
  it('of 2, 4, 4, 4, 5, 5, 7, 9 are 5 and sqrt(32 / 7)', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(meanOf(values)).toBe(5);
    expect(deviationOf(values)).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('of the middle half leaves a quarter out on each side', () => {
    expect(midmeanOf([9, 1, 4, 2, 1000, 3, 5, 0])).toBe((2 + 3 + 4 + 5) / 4);
    expect([midmeanOf([7]), midmeanOf([1, 2, 6])]).toEqual([7, 3]);
  });

  it('of a single value are that value and 0', () => {
    expect([meanOf([3]), deviationOf([3])]).toEqual([3, null]);
  });
});
