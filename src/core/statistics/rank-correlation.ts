/** How well two series agree on an order. */
import { meanOf } from './scoring.js';

/**
 * Spearman's rho: the correlation of the ranks, equal values sharing the mean of theirs. NaN where either series has one
 * value throughout, or fewer than two.
 */
export function spearman(a: readonly number[], b: readonly number[]): number {
  return correlation(ranks(a), ranks(b));
}

/** The ranks from 1; equal values share the mean of their places. */
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
 * Kendall's tau-b: of all pairs, those that both series order alike less those that they order differently, over the
 * geometric mean of the pairs that each series orders at all. NaN where either has one value throughout, or fewer than two.
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
