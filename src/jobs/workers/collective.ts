import type { SharedPlace } from '#networks/tensor/host-kernels';

/**
 * How the workers of a run share a step. Every worker draws the same samples; worker `rank` computes its share of them,
 * and sums over the workers give all of them the same gradient, qualities and, with those, the same policy.
 */
export interface Collective {
  /** From 0; worker 0 decides and writes, the others only compute. */
  readonly rank: number;
  readonly size: number;
  /**
   * Replaces the values by their element-wise sum over the workers, added in the order of the ranks: on all the same bits.
   * All workers call this and the functions below in the same order, with as many values.
   */
  sum(values: Float32Array | Float64Array): Promise<void>;
  /** The worker's own place for a vector of n floats in memory that all share; none where no memory is mapped. */
  readonly places?: (n: number) => SharedPlace | undefined;
  /** Whether it is so on any worker. */
  any(flag: boolean): Promise<boolean>;
  /** Replaces the values by worker 0's. */
  broadcast(values: Float32Array): Promise<void>;
}

/** A run in one process takes all samples in turn. */
export const oneProcess: Collective = {
  rank: 0,
  size: 1,
  sum: async () => {},
  any: async (flag) => flag,
  broadcast: async () => {},
};

/** The worker's share of a step's samples, each with its place among all of them. */
export function shareOf<T>(
  { rank, size }: Pick<Collective, 'rank' | 'size'>,
  samples: readonly T[],
): { readonly sample: T; readonly k: number }[] {
  return samples.map((sample, k) => ({ sample, k })).filter(({ k }) => k % size === rank);
}

/** What sums over the workers; undefined where there is but one. */
export function sumsOver(collective: Collective): Pick<Collective, 'sum' | 'places'> | undefined {
  return collective.size > 1 ? collective : undefined;
}
