/** Pools the batch-norm statistics of several batches into those of all their values. */
import { backend } from '#networks/tensor/backend';
import type { ObservedStatistics, Statistics } from '#networks/tensor/ops/batch-norm';

/** Statistics of one channel-wise layer over all values seen so far, in float64. */
interface Pool {
  /** Values per channel. */
  readonly values: number;
  readonly mean: Float64Array;
  /** Sum of squared distances from the mean. */
  readonly squares: Float64Array;
}

/** Collects each layer's batch statistics; the order of the batches affects rounding alone. */
export class StatisticsPools {
  readonly #pools = new Map<string, Pool>();

  add(layer: string, batch: ObservedStatistics): void {
    this.#pools.set(layer, pooled(this.#pools.get(layer), batch));
  }

  /** Mean and unbiased variance over all values, by layer; the caller owns the tensors. */
  statistics(): Map<string, Statistics> {
    return new Map([...this.#pools].map(([layer, pool]) => [layer, statisticsOf(pool)]));
  }
}

/**
 * Joins two samples by their means and squares (Chan, Golub and LeVeque 1983, "Algorithms for computing the sample
 * variance"): the squares of both, and those of the distance between their means. The mean of the batches' variances
 * would miss the latter.
 */
function pooled(before: Pool | undefined, { values, mean, variance }: ObservedStatistics): Pool {
  const squares = Float64Array.from(variance, (v) => v * (values - 1));
  if (before === undefined) return { values, mean: Float64Array.from(mean), squares };
  const total = before.values + values;
  const distance = (c: number) => (mean[c] as number) - (before.mean[c] as number);
  const between = (before.values * values) / total;
  return {
    values: total,
    mean: before.mean.map((m, c) => m + (distance(c) * values) / total),
    squares: before.squares.map((s, c) => s + (squares[c] as number) + between * distance(c) ** 2),
  };
}

function statisticsOf({ values, mean, squares }: Pool): Statistics {
  const create = (numbers: Float64Array) => backend().create(Float32Array.from(numbers), [numbers.length]);
  return { mean: create(mean), variance: create(squares.map((s) => s / Math.max(1, values - 1))) };
}
