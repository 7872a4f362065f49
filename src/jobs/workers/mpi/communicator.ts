/** The operations of MPI that the ranks of a job use; every rank calls them in the same order. */

/** A vector's chunks in floats, one for each rank. */
export interface Chunks {
  readonly lengths: Int32Array;
  readonly offsets: Int32Array;
}

/** A group of ranks; the calls overwrite their arguments only as stated. */
export interface Communicator {
  readonly rank: number;
  readonly size: number;
  /**
   * Resolves with the vectors of all ranks, of the same length, one after the other, once all ranks have called it. The
   * event loop runs in the meantime.
   *
   * @param pauseMs  time between two looks at the other ranks, after the first few milliseconds
   */
  allGather(values: Float64Array, pauseMs?: number): Promise<Float64Array>;
  /** Overwrites the bytes with those of the root. */
  broadcast(bytes: Uint8Array, root: number): Promise<void>;
  /** Sends every rank its chunk of `from`; `to` receives this rank's chunk of all vectors, one after the other. */
  scatterChunks(from: Float32Array, chunks: Chunks, to: Float32Array): Promise<void>;
  /** Fills in the chunks of the other ranks; each rank has its own chunk. */
  gatherChunks(values: Float32Array, chunks: Chunks): Promise<void>;
  /** Makes a group of the ranks that pass true, in the same order; undefined for the others. All ranks call it. */
  split(isMember: boolean): Promise<Communicator | undefined>;
  /** Frees the group; all its ranks call it. */
  free(): void;
  /** Ends the processes of all ranks, this one included, with an exit code, whatever they are doing. */
  abort(code: number): void;
}

/** Chunks of a vector of n floats, of nearly equal lengths. */
export function chunksOf(n: number, size: number): Chunks {
  const offsets = Int32Array.from({ length: size }, (_, r) => Math.floor((r * n) / size));
  const lengths = Int32Array.from(offsets, (from, r) => Math.floor(((r + 1) * n) / size) - from);
  return { lengths, offsets };
}
