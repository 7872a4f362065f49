/** Computes 95 % confidence intervals. */
import type { Random } from '#core/random';
import { meanOf } from './scoring.js';

export type ConfidenceInterval = readonly [from: number, to: number];

/** The case that each value belongs to; by default each is a separate case. Values of one case are not independent. */
export type Cases = readonly unknown[];

/** The 95 % interval of the mean of a normal sample (Student 1908); null for fewer than two cases. */
export function meanInterval(values: readonly number[], cases?: Cases): ConfidenceInterval | null {
  const { mean, variance, freedom } = meanWithVariance(values, cases);
  const half = studentQuantile(freedom) * Math.sqrt(variance);
  return freedom < 1 ? null : [mean - half, mean + half];
}

/**
 * The 95 % interval of the difference of two normal samples' means, with unequal variances (Welch 1947); null if either
 * has fewer than two cases.
 */
export function differenceInterval(
  valuesA: readonly number[],
  valuesB: readonly number[],
  casesA?: Cases,
  casesB?: Cases,
): ConfidenceInterval | null {
  const [a, b] = [meanWithVariance(valuesA, casesA), meanWithVariance(valuesB, casesB)];
  if (a.freedom < 1 || b.freedom < 1) return null;
  const [variance, difference] = [a.variance + b.variance, a.mean - b.mean];
  const freedom = variance ** 2 / (a.variance ** 2 / a.freedom + b.variance ** 2 / b.freedom);
  const half = variance === 0 ? 0 : studentQuantile(freedom) * Math.sqrt(variance);
  return [difference - half, difference + half];
}

interface MeanWithVariance {
  readonly mean: number;
  /** Variance of the mean. */
  readonly variance: number;
  readonly freedom: number;
}

/**
 * The mean of all values and its cluster-robust variance: from each case's sum of deviations from the mean (Liang and
 * Zeger 1986), times m / (m - 1) for m cases. With one value per case this is s^2 / n.
 */
function meanWithVariance(values: readonly number[], cases: Cases = [...values.keys()]): MeanWithVariance {
  const mean = meanOf(values);
  const sums = new Map<unknown, number>();
  for (const [i, value] of values.entries()) sums.set(cases[i], (sums.get(cases[i]) ?? 0) + value - mean);
  const squares = [...sums.values()].reduce((total, sum) => total + sum ** 2, 0);
  const freedom = sums.size - 1;
  return { mean, variance: (squares / values.length ** 2) * ((freedom + 1) / freedom), freedom };
}

/**
 * The 95 % interval of the median of any distribution, between two of the sorted values (Thompson 1936); null for fewer
 * than six values.
 */
export function medianInterval(values: readonly number[]): ConfidenceInterval | null {
  const n = values.length;
  const sorted = [...values].sort((a, b) => a - b);
  let [outside, tail, logShare] = [0, 0, -n * Math.LN2]; // the probability that `outside` values lie below the median
  while (tail + Math.exp(logShare) <= 0.025) {
    tail += Math.exp(logShare);
    logShare += Math.log((n - outside) / (outside + 1));
    outside++;
  }
  return outside === 0 ? null : [sorted[outside - 1] as number, sorted[n - outside] as number];
}

/**
 * The 95 % percentile bootstrap interval (Efron 1979) of a statistic of n cases, from 2000 resamples. Resamples for
 * which the statistic is NaN, since they contain only one case, are left out; null if none remains.
 */
export function bootstrapInterval(
  n: number,
  statistic: (cases: readonly number[]) => number,
  random: Random,
): ConfidenceInterval | null {
  const drawn = Array.from({ length: resamples }, () => statistic(Array.from({ length: n }, () => random.below(n))));
  const sorted = drawn.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  return sorted.length === 0 ? null : [at(0.025), at(0.975)];
}

const resamples = 2000;

/**
 * The 0.975 quantile of Student's t: the expansion in 1 / freedom around the normal quantile (Abramowitz and Stegun
 * 1964, 26.7.5), within 1 % from 2 degrees of freedom on; below 1.5 degrees, the larger quantile of 1 degree.
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
