/**
 * Sums vectors over ranks that share no memory. Every rank adds up one chunk of all vectors, in the order of the ranks,
 * and sends the sum to the others: all hold the same bits on any processor and with any algorithm of the MPI library,
 * and n ranks give the bits of n worker processes of one host. Each rank sends 2 (n - 1) / n of a vector.
 */
import type { HostKernels } from '#networks/tensor/host-kernels';
import { type Communicator, chunksOf } from './communicator.js';

export class ChunkExchange {
  readonly #group: Communicator;
  #parts = new Float32Array(0);

  constructor(group: Communicator) {
    this.#group = group;
  }

  /** Replaces the values with the sum of the ranks' vectors times a factor. All ranks must be ready. */
  async sum(values: Float32Array, factor: number, addUp: HostKernels['addUp'] = addUpPlain): Promise<void> {
    const { rank, size } = this.#group;
    const chunks = chunksOf(values.length, size);
    const from = chunks.offsets[rank] as number;
    const own = chunks.lengths[rank] as number;
    const parts = this.#roomFor(own * size);
    await this.#group.scatterChunks(values, chunks, parts);
    const each = Array.from({ length: size }, (_, r) => parts.subarray(r * own, (r + 1) * own));
    addUp(each, factor, values.subarray(from, from + own));
    await this.#group.gatherChunks(values, chunks);
  }

  #roomFor(floats: number): Float32Array {
    if (this.#parts.length < floats) this.#parts = new Float32Array(floats);
    return this.#parts.subarray(0, floats);
  }
}

/** The same sum as that of our kernels, in the same order and with the same rounding. */
export function addUpPlain(parts: readonly Float32Array[], factor: number, to: Float32Array): void {
  const scale = Math.fround(factor);
  for (let i = 0; i < to.length; i++) {
    let sum = (parts[0] as Float32Array)[i] as number;
    for (let r = 1; r < parts.length; r++) sum = Math.fround(sum + ((parts[r] as Float32Array)[i] as number));
    to[i] = sum * scale;
  }
}
