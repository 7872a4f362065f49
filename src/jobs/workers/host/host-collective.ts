/** The `Collective` of the processes of one host: short vectors go as messages, long ones through shared memory. */
import { traced } from '#core/trace';
import type { Collective } from '#jobs/workers/collective';
import type { PulsePlace } from '#jobs/workers/pulse-thread';
import { pulseBytes } from '#jobs/workers/start-pulse';
import { waitForOthers } from '#jobs/workers/wait-for-others';
import type { HostKernels, SharedPlace } from '#networks/tensor/host-kernels';
import type { Vector } from './messages.js';
import { readFloatsAt, writeFloats } from './shared-memory.js';

export interface HostCollectiveParts {
  readonly rank: number;
  readonly size: number;
  /** Sums over the workers by messages into a new vector; resolves once all workers have called it. */
  readonly gather: (values: Vector) => Promise<Vector>;
  /** Descriptor of shared memory of `sharedBytes(longest, size)` bytes. */
  readonly memory: number;
  /** Length of the longest vector that goes through it, in floats. */
  readonly longest: number;
  readonly host: HostKernels;
}

/** Bytes of shared memory that the workers need: a place for each and for the result, a counter, and their pulses. */
export function sharedBytes(longest: number, size: number): number {
  return pulseOffset(longest, size, size);
}

/** Where each worker publishes its pulse in the shared memory. */
export function pulsePlaces(memory: number, longest: number, size: number): PulsePlace[] {
  return Array.from({ length: size }, (_, rank) => ({ file: memory, at: pulseOffset(longest, size, rank) }));
}

/** Offset in bytes of a worker's pulse; they follow the counter. */
function pulseOffset(longest: number, size: number, rank: number): number {
  return counterOffset(longest, size) + Int32Array.BYTES_PER_ELEMENT + rank * pulseBytes;
}

/** Offset in bytes of the counter of waiting workers, which follows the places. */
function counterOffset(longest: number, size: number): number {
  return Float32Array.BYTES_PER_ELEMENT * (size + 1) * placeFloats(longest);
}

/** Floats from one place to the next: whole cache lines, so that a tensor may lie in a place without a copy. */
function placeFloats(longest: number): number {
  return Math.ceil(longest / 16) * 16;
}

const cachedFloats = 2 ** 15; // floats added at a time, so that they stay in a core's cache
export const longestMessage = 2 ** 14; // floats; a message of 64 KiB still costs about as much as an empty one
const nothing = new Float64Array(0);

/** One worker's side; the caller keeps the ownership of the memory. */
export class HostCollective implements Collective {
  readonly rank: number;
  readonly size: number;
  readonly #parts: HostCollectiveParts;
  readonly #scratch = [new Float32Array(cachedFloats), new Float32Array(cachedFloats)] as const;
  #lendsCores = false;
  #mapped: ArrayBuffer | undefined;

  constructor(parts: HostCollectiveParts) {
    this.rank = parts.rank;
    this.size = parts.size;
    this.#parts = parts;
  }

  async allReduce(values: Vector): Promise<void> {
    if (values instanceof Float32Array && values.length > longestMessage) await this.#allReduceThroughMemory(values);
    else values.set(await this.#gathered(values));
  }

  async any(flag: boolean): Promise<boolean> {
    const [raised] = await this.#gathered(Float64Array.of(Number(flag)));
    return (raised as number) > 0;
  }

  async broadcast(values: Float32Array): Promise<void> {
    const { memory } = this.#parts;
    this.#requireRoom(values.length);
    if (this.rank === 0) writeFloats(memory, values, 0);
    await this.#barrier();
    if (this.rank !== 0) readFloatsAt(memory, values, 0);
    await this.#barrier();
  }

  /** A place in mapped memory, where `allReduce` copies nothing; undefined if no memory can be mapped. */
  places(n: number): SharedPlace | undefined {
    const { memory, longest, host } = this.#parts;
    this.#requireRoom(n);
    this.#mapped ??= host.map(memory, counterOffset(longest, this.size));
    const buffer = this.#mapped;
    if (buffer === undefined) return undefined;
    const place = (r: number) => new Float32Array(buffer, Float32Array.BYTES_PER_ELEMENT * this.#placeOf(r), n);
    const [vectors, result] = [Array.from({ length: this.size }, (_, r) => place(r)), place(this.size)];
    const ownChunk = (vector: Float32Array) => vector.subarray(...this.#chunkOf(n));
    return {
      own: vectors[this.rank] as Float32Array,
      allReduce: async (factor) => {
        await this.#barrier();
        traced('averaging', 'add', () => host.addUp(vectors.map(ownChunk), factor, ownChunk(result)));
        await this.#barrier();
        return result;
      },
    };
  }

  /**
   * All-reduces through shared memory; each worker adds up one chunk of the vector. No part is overwritten while
   * another worker may read it: parts are read between the two barriers, the result after the second one, and the first
   * barrier of the next call waits for those readers.
   */
  async #allReduceThroughMemory(values: Float32Array): Promise<void> {
    const { memory } = this.#parts;
    this.#requireRoom(values.length);
    traced('averaging', 'write', () => writeFloats(memory, values, this.#placeOf(this.rank)));
    await this.#barrier();
    traced('averaging', 'add', () => this.#addChunk(values));
    await this.#barrier();
    traced('averaging', 'read', () => readFloatsAt(memory, values, this.#placeOf(this.size)));
  }

  /** Adds up this worker's chunk of all vectors into the result, piece by piece; `values` is its own vector. */
  #addChunk(values: Float32Array): void {
    const [from, to] = this.#chunkOf(values.length);
    for (let at = from; at < to; at += cachedFloats) this.#addPiece(values, at, Math.min(to, at + cachedFloats));
  }

  #addPiece(values: Float32Array, from: number, to: number): void {
    const { memory } = this.#parts;
    const [total, part] = this.#scratch.map((floats) => floats.subarray(0, to - from)) as [Float32Array, Float32Array];
    for (let r = 0; r < this.size; r++) {
      const into = r === 0 ? total : part;
      if (r === this.rank) into.set(values.subarray(from, to));
      else readFloatsAt(memory, into, this.#placeOf(r) + from);
      if (r > 0) add(total, part);
    }
    writeFloats(memory, total, this.#placeOf(this.size) + from);
  }

  async #barrier(): Promise<void> {
    await this.#gathered(nothing);
  }

  #gathered(values: Vector): Promise<Vector> {
    const { gather, memory, longest, host } = this.#parts;
    return waitForOthers(() => {
      if (!this.#lendsCores) host.share(memory, counterOffset(longest, this.size), this.size); // not before the worker can use them
      this.#lendsCores = true;
      host.wait(true);
      return gather(values).finally(() => host.wait(false));
    });
  }

  /** Offset in floats of worker `r`'s vector; `r` = `size` gives that of the result. */
  #placeOf(r: number): number {
    return r * placeFloats(this.#parts.longest);
  }

  /** Start and end of this worker's chunk of a vector of n floats. */
  #chunkOf(n: number): [number, number] {
    return [Math.floor((this.rank * n) / this.size), Math.floor(((this.rank + 1) * n) / this.size)];
  }

  #requireRoom(floats: number): void {
    const { longest } = this.#parts;
    if (floats > longest) throw new Error(`expected up to ${longest} floats to share; got ${floats}`);
  }
}

/** Adds `part` to `total`, element by element. */
export function add(total: Vector, part: Vector): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (part[i] as number);
}
