/** Services of our compiled kernels for the workers of one host. */
export interface HostKernels {
  /**
   * Starts to lend the cores of waiting workers to computing ones. A 32-bit counter of waiting workers, initially zero,
   * lies in memory that all workers share. `workers` of 1 stops the lending.
   *
   * @param offset  of the counter, in bytes
   */
  share(descriptor: number, offset: number, workers: number): void;
  /** Notes that this worker starts (true) or stops (false) waiting for the others. */
  wait(waits: boolean): void;
  /**
   * Maps bytes of shared memory, or with a descriptor of -1 memory of this process that is zero, aligned to a cache line;
   * undefined where the kernels are missing.
   */
  map(descriptor: number, bytes: number): ArrayBuffer | undefined;
  /** Writes the element-wise sum of the parts, all as long as `to`, times a factor. */
  addUp(parts: readonly Float32Array[], factor: number, to: Float32Array): void;
}

/** A worker's slot in mapped memory, for a vector that is summed over all workers. */
export interface SharedPlace {
  /** The worker's own vector, which it fills. */
  readonly own: Float32Array;
  /** Waits until all workers have filled theirs, then returns the sum times a factor, valid until the next call. */
  readonly allReduce: (factor: number) => Promise<Float32Array>;
}

/** Vectors of one length that all workers of a host hold in common; each worker updates a part of them. */
export interface SharedVectors {
  readonly vectors: readonly Float32Array[];
  /** A vector of this worker, which it fills; those of all workers are summed. */
  readonly own: Float32Array;
  /** Start and end of the part that this worker updates, at bounds of cache lines. */
  readonly part: readonly [from: number, to: number];
  /** Waits until all workers have filled theirs, then returns this worker's part of the sum times a factor. */
  readonly sumPart: (factor: number) => Promise<Float32Array>;
}

/** No-ops for a host without kernels: no cores are lent, and memory is read and written through its descriptor. */
export const noHostKernels: HostKernels = { share: () => {}, wait: () => {}, map: () => undefined, addUp: () => {} };
