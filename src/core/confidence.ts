/** How sure a figure is: 95 % intervals. */
import type { Random } from './random.js';
import { deviationOf, meanOf } from './scoring.js';

export type ConfidenceInterval = readonly [from: number, to: number];

/** Of the mean of a normal sample (Student 1908); unbounded for a single value. */
export function meanInterval(values: readonly number[]): ConfidenceInterval {
  const half = studentQuantile(values.length - 1) * (deviationOf(values) / Math.sqrt(values.length));
  const mean = meanOf(values);
  return values.length < 2 ? [-Infinity, Infinity] : [mean - half, mean + half];
}

/** Of the difference of the means of two normal samples, whatever their variances (Welch 1947). */
export function differenceInterval(a: readonly number[], b: readonly number[]): ConfidenceInterval {
  if (a.length < 2 || b.length < 2) return [-Infinity, Infinity];
  const [ofA, ofB] = [deviationOf(a) ** 2 / a.length, deviationOf(b) ** 2 / b.length];
  const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const half = studentQuantile(freedom) * Math.sqrt(ofA + ofB);
  const difference = meanOf(a) - meanOf(b);
  return ofA + ofB === 0 ? [difference, difference] : [difference - half, difference + half];
}

/**
 * Of a statistic of n cases drawn anew with replacement (Efron 1979), by percentiles. Draws for which it is no number,
 * since they hold one case throughout, are left out.
 */
export function bootstrapInterval(
  n: number,
  statistic: (cases: readonly number[]) => number,
  random: Random,
): ConfidenceInterval {
  const drawn = Array.from({ length: resamples }, () => statistic(Array.from({ length: n }, () => random.below(n))));
  const sorted = drawn.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

const resamples = 2000;

/**
 * The .975 quantile of Student's t: the expansion in 1 / freedom around the normal one (Abramowitz and Stegun 1964,
 * 26.7.5), within 1 % from 2 degrees of freedom on; below 1.5 that of 1, which is wider.
 */
export function studentQuantile(freedom: number): number {
  if (freedom < 1.5) return 12.7062;
  const z = 1.959964;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), z);
}
