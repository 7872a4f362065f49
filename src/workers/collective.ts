/**
 * How the workers of a run share a step. Every worker draws the same samples; worker `rank` computes its share of them,
 * and sums over the workers give all of them the same gradient, qualities and, with those, the same policy.
 */
export interface Collective {
  readonly rank: number;
  readonly size: number;
  /** Replaces the values by their element-wise sum over the workers; all call it in the same order. */
  sum(values: Float32Array): void;
}

/** A run in one process takes all samples in turn. */
export const oneProcess: Collective = { rank: 0, size: 1, sum: () => {} };

/** The worker's share of a step's samples, each with its place among all of them. */
export function shareOf<T>(
  { rank, size }: Collective,
  samples: readonly T[],
): { readonly sample: T; readonly k: number }[] {
  return samples.map((sample, k) => ({ sample, k })).filter(({ k }) => k % size === rank);
}
