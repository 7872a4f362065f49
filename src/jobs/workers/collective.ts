import type { SharedPlace } from '#networks/tensor/host-kernels';

/**
 * How the workers of a run share a step. Every worker draws the same samples; worker `rank` computes its share of them,
 * and all-reduces give all of them the same gradient, qualities and, with those, the same policy. All workers call the
 * operations in the same order, with vectors of the same length.
 */
export interface Collective {
  /** From 0; worker 0 decides and writes, the others only compute. */
  readonly rank: number;
  readonly size: number;
  /**
   * Replaces the values by their element-wise sum over the workers, added in the order of the ranks, so that all workers
   * hold the same bits.
   */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
  /** This worker's place for a vector of n floats in memory that all share; undefined where no memory is mapped. */
  places?(n: number): SharedPlace | undefined;
  /** Logical OR over the workers. */
  any(flag: boolean): Promise<boolean>;
  /** Replaces the values by worker 0's. */
  broadcast(values: Float32Array): Promise<void>;
}

/** A run in one process takes all samples in turn. */
export const oneProcess: Collective = {
  rank: 0,
  size: 1,
  allReduce: async () => {},
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

/** The collective where a step's parts are summed over several workers; undefined where there is only one. */
export function reducerOf(collective: Collective): Pick<Collective, 'allReduce' | 'places'> | undefined {
  return collective.size > 1 ? collective : undefined;
}
