/** The `Collective` of the processes of one host: short vectors go as messages, long ones through shared memory. */
import { traced } from '#core/trace';
import type { Collective } from '#jobs/workers/collective';
import type { PulsePlace } from '#jobs/workers/pulse-thread';
import { pulseBytes } from '#jobs/workers/start-pulse';
import { waitForOthers } from '#jobs/workers/wait-for-others';
import type { HostKernels, SharedPlace, SharedVectors } from '#networks/tensor/host-kernels';
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
  /** Number of vectors of that length in it that all workers hold in common. */
  readonly vectors: number;
  readonly host: HostKernels;
}

/** The size of shared memory: vectors of up to `longest` floats for `size` workers. */
export interface SharedSize {
  readonly longest: number;
  readonly size: number;
  /** Number of vectors that all workers hold in common. */
  readonly vectors: number;
}

/**
 * Bytes of shared memory that the workers need: a place for each, the vectors in common, of which the first is the place
 * of a sum if there are none, a counter, and the workers' pulses.
 */
export function sharedBytes(memory: SharedSize): number {
  return pulseOffset(memory, memory.size);
}

/** Where each worker publishes its pulse in the shared memory. */
export function pulsePlaces(file: number, memory: SharedSize): PulsePlace[] {
  return Array.from({ length: memory.size }, (_, rank) => ({ file, at: pulseOffset(memory, rank) }));
}

/** Offset in bytes of a worker's pulse; they follow the counter. */
function pulseOffset(memory: SharedSize, rank: number): number {
  return counterOffset(memory) + Int32Array.BYTES_PER_ELEMENT + rank * pulseBytes;
}

/** Offset in bytes of the counter of waiting workers, which follows the vectors. */
function counterOffset({ longest, size, vectors }: SharedSize): number {
  return Float32Array.BYTES_PER_ELEMENT * (size + Math.max(1, vectors)) * placeFloats(longest);
}

const lineFloats = 16; // of a cache line

/** Floats from one place to the next: whole cache lines, so that a tensor may lie in a place without a copy. */
function placeFloats(longest: number): number {
  return Math.ceil(longest / lineFloats) * lineFloats;
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
  #holdsVectors = false;

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
    this.#requireRoom(n);
    const [places, result] = this.#mappedVectors(n) ?? [];
    if (places === undefined || result === undefined) return undefined;
    return {
      own: places[this.rank] as Float32Array,
      allReduce: async (factor) => {
        this.#requireNoVectors();
        await this.#barrier();
        this.#sumChunk(places, factor, result);
        await this.#barrier();
        return result;
      },
    };
  }

  sharedVectors(): SharedVectors | undefined {
    const { vectors: count, longest } = this.#parts;
    const [places, ...vectors] = (count > 0 && this.#mappedVectors(longest)) || [];
    if (places === undefined) return undefined;
    this.#holdsVectors = true;
    const own = places[this.rank] as Float32Array;
    const part = this.#chunkOf(longest);
    const sumPart = async (factor: number) => {
      await this.#barrier();
      return this.#sumChunk(places, factor, own); // others read only their own chunks of it
    };
    return { vectors, own, part, sumPart };
  }

  /** The places of all workers and the vectors that follow them, each of n floats; undefined if no memory is mapped. */
  #mappedVectors(n: number): [places: Float32Array[], ...others: Float32Array[]] | undefined {
    const { memory, host } = this.#parts;
    this.#mapped ??= host.map(memory, counterOffset(this.#parts));
    const buffer = this.#mapped;
    if (buffer === undefined) return undefined;
    const place = (r: number) => new Float32Array(buffer, Float32Array.BYTES_PER_ELEMENT * this.#placeOf(r), n);
    const all = Array.from({ length: this.size + Math.max(1, this.#parts.vectors) }, (_, r) => place(r));
    return [all.slice(0, this.size), ...all.slice(this.size)];
  }

  /** Writes the sum of this worker's chunk of all places, times a factor, to its chunk of `to`, and returns that. */
  #sumChunk(places: readonly Float32Array[], factor: number, to: Float32Array): Float32Array {
    const chunk = (vector: Float32Array) => vector.subarray(...this.#chunkOf(to.length));
    const sum = chunk(to);
    traced('averaging', 'add', () => this.#parts.host.addUp(places.map(chunk), factor, sum));
    return sum;
  }

  /** Long sums are written where the vectors in common lie. */
  #requireNoVectors(): void {
    if (this.#holdsVectors) throw new Error('expected no sum of long vectors while the workers hold vectors in common');
  }

  /**
   * All-reduces through shared memory; each worker adds up one chunk of the vector. No part is overwritten while
   * another worker may read it: parts are read between the two barriers, the result after the second one, and the first
   * barrier of the next call waits for those readers.
   */
  async #allReduceThroughMemory(values: Float32Array): Promise<void> {
    const { memory } = this.#parts;
    this.#requireRoom(values.length);
    this.#requireNoVectors();
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
    const { gather, memory, host } = this.#parts;
    return waitForOthers(() => {
      if (!this.#lendsCores) host.share(memory, counterOffset(this.#parts), this.size); // not before the worker can use them
      this.#lendsCores = true;
      host.wait(true);
      return gather(values).finally(() => host.wait(false));
    });
  }

  /** Offset in floats of worker `r`'s vector; `r` = `size` gives that of the result. */
  #placeOf(r: number): number {
    return r * placeFloats(this.#parts.longest);
  }

  /** Start and end of this worker's chunk of a vector of n floats, at bounds of cache lines. */
  #chunkOf(n: number): [number, number] {
    const lines = Math.ceil(n / lineFloats);
    const bound = (rank: number) => Math.min(n, lineFloats * Math.floor((rank * lines) / this.size));
    return [bound(this.rank), bound(this.rank + 1)];
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
