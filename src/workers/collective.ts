/** How the workers of a run average what they computed. One process is the worker that every run has. */

/** Every worker calls the same methods in the same order; each gets the same result. */
export interface Collective {
  readonly rank: number;
  readonly size: number;
  /** The element-wise mean over the workers, in place. */
  average(values: Float32Array): void;
}

/** A run in one process: the mean over one worker. */
export const oneProcess: Collective = { rank: 0, size: 1, average: () => {} };
