/** What compiled kernels do for the workers of one host, where there are any. */
export interface HostKernels {
  /**
   * Begins to lend the cores of workers that wait, with a counter of 32 bits, zero at first, in memory that all workers
   * share; ends with `workers` of 1.
   *
   * @param offset  where the counter lies, in bytes
   */
  share(descriptor: number, offset: number, workers: number): void;
  /** This worker begins to wait for the others, or has ended to. */
  wait(waits: boolean): void;
  /** So many bytes of shared memory as they are, on a cache line's start; undefined where nothing can map them. */
  map(descriptor: number, bytes: number): ArrayBuffer | undefined;
  /** Writes the element-wise sum of the parts, all as long as `to`, times a factor. */
  addUp(parts: readonly Float32Array[], factor: number, to: Float32Array): void;
}

/** A worker's place in mapped memory, for a vector that is summed over all. */
export interface SharedPlace {
  /** To be filled by the worker. */
  readonly own: Float32Array;
  /** Waits until all have filled theirs; the sum times a factor, which stays until the next call. */
  readonly allReduce: (factor: number) => Promise<Float32Array>;
}

/** Nobody lends anything, and memory is read and written through its descriptor. */
export const noHostKernels: HostKernels = { share: () => {}, wait: () => {}, map: () => undefined, addUp: () => {} };
