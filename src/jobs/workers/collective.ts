import type { SharedPlace, SharedVectors } from '#networks/tensor/host-kernels';

/**
 * The collective operations with which the workers of a run share a step. Every worker draws the same samples and
 * computes its share of them; all-reduces give all workers the same gradient and qualities and therefore the same
 * policy. All workers call the operations in the same order, with vectors of the same length.
 */
export interface Collective {
  /** From 0; worker 0 decides and writes, the others only compute. */
  readonly rank: number;
  readonly size: number;
  /**
   * Replaces the values with their element-wise sum over the workers, added in the order of the ranks, so that all
   * workers hold the same bits.
   */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
  /** This worker's place for a vector of n floats in shared memory; undefined if no memory is mapped. */
  places?(n: number): SharedPlace | undefined;
  /**
   * The vectors in memory that all workers map, of the number and length that the workers were started with; undefined
   * if no memory is mapped for them. Once they are used, `places` and long vectors in `allReduce` are not.
   */
  sharedVectors?(): SharedVectors | undefined;
  /** Logical OR over the workers. */
  any(flag: boolean): Promise<boolean>;
  /** Replaces the values with worker 0's. */
  broadcast(values: Float32Array): Promise<void>;
}

/** The collective of a run in one process, which computes all samples in turn. */
export const oneProcess: Collective = {
  rank: 0,
  size: 1,
  allReduce: async () => {},
  any: async (flag) => flag,
  broadcast: async () => {},
};

/** The worker's share of a step's samples, each with its index among all of them. */
export function shareOf<T>(
  { rank, size }: Pick<Collective, 'rank' | 'size'>,
  samples: readonly T[],
): { readonly sample: T; readonly k: number }[] {
  return samples.map((sample, k) => ({ sample, k })).filter(({ k }) => k % size === rank);
}

/** The collective if there are several workers to sum over; undefined if there is only one. */
export function reducerOf(collective: Collective): Pick<Collective, 'allReduce' | 'places'> | undefined {
  return collective.size > 1 ? collective : undefined;
}
