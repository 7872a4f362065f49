/** Measures how well two series agree on an order. */
import { meanOf } from './scoring.js';

/**
 * Spearman's rho: the correlation of the ranks, where equal values share their mean rank. NaN if either series is
 * constant or has fewer than two values.
 */
export function spearman(a: readonly number[], b: readonly number[]): number {
  return correlation(ranks(a), ranks(b));
}

/** The ranks, counted from 1; equal values share their mean rank. */
export function ranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((x, y) => x - y);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

/** Pearson's correlation of two series of equal length. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const products = (x: readonly number[], meanX: number, y: readonly number[], meanY: number) =>
    x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] as number) - meanY), 0);
  return products(a, meanA, b, meanB) / Math.sqrt(products(a, meanA, a, meanA) * products(b, meanB, b, meanB));
}

/**
 * Kendall's tau-b: the pairs that both series order alike minus those that they order differently, divided by the
 * geometric mean of the numbers of pairs without ties in each series. NaN if either series is constant or has fewer
 * than two values.
 */
export function kendall(a: readonly number[], b: readonly number[]): number {
  let agreement = 0;
  let orderedInA = 0;
  let orderedInB = 0;
  for (let i = 1; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const inA = Math.sign((a[i] as number) - (a[j] as number));
      const inB = Math.sign((b[i] as number) - (b[j] as number));
      agreement += inA * inB;
      orderedInA += Math.abs(inA);
      orderedInB += Math.abs(inB);
    }
  }
  return agreement / Math.sqrt(orderedInA * orderedInB);
}
