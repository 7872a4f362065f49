/** The `Collective` of the processes of one host: a few numbers go as messages, long vectors through shared memory. */

import { traced } from '#core/trace';
import type { Collective } from '#jobs/workers/collective';
import type { HostKernels, SharedPlace } from '#networks/tensor/host-kernels';
import type { Vector } from './messages.js';
import { readFloatsAt, writeFloats } from './shared-memory.js';

export interface HostCollectiveParts {
  readonly rank: number;
  readonly size: number;
  /** The sum over the workers by messages, as a vector of its own; resolves once all workers have called it. */
  readonly gather: (values: Vector) => Promise<Vector>;
  /** Shared memory of `sharedBytes(longest, size)`. */
  readonly memory: number;
  /** The longest vector that goes through it, in floats. */
  readonly longest: number;
  readonly host: HostKernels;
}

/** Bytes of shared memory that the workers need: a place for each and for the result, and a counter. */
export function sharedBytes(longest: number, size: number): number {
  return counterOffset(longest, size) + Int32Array.BYTES_PER_ELEMENT;
}

/** Where the counter of waiting workers lies behind the places, in bytes. */
function counterOffset(longest: number, size: number): number {
  return Float32Array.BYTES_PER_ELEMENT * (size + 1) * placeFloats(longest);
}

/** Floats from one place to the next: whole cache lines, so that a tensor may lie in a place as it is. */
function placeFloats(longest: number): number {
  return Math.ceil(longest / 16) * 16;
}

const cachedFloats = 2 ** 15; // so many at a time stay in a core's cache
const longestMessage = 2 ** 14; // floats; a message of 64 KiB still costs about as much as an empty one
const nothing = new Float64Array(0);

export function hostCollective({ rank, size, gather, memory, longest, host }: HostCollectiveParts): Collective {
  const between = placeFloats(longest);
  let shares = false;
  let mapped: ArrayBuffer | undefined;
  const gathered = (values: Vector) =>
    traced('waiting', 'for the other workers', async () => {
      if (!shares) host.share(memory, counterOffset(longest, size), size); // once the worker has what can use it
      shares = true;
      host.wait(true);
      return gather(values).finally(() => host.wait(false));
    });
  const barrier = async () => void (await gathered(nothing));
  const checked = (floats: number) => {
    if (floats > longest) throw new Error(`expected up to ${longest} floats to share; got ${floats}`);
  };
  const chunk = (n: number) => [rank, rank + 1].map((r) => Math.floor((r * n) / size)) as [number, number];

  /**
   * Each worker adds up one chunk of the vector. No part is overwritten while another worker may read it: parts are read
   * between the two barriers, the result after the second one, and the next first barrier waits for those readers.
   */
  async function sumThroughMemory(values: Float32Array): Promise<void> {
    checked(values.length);
    const [from, to] = chunk(values.length);
    traced('averaging', 'write', () => writeFloats(memory, values, rank * between));
    await barrier();
    traced('averaging', 'add', () => addChunk(values, from, to));
    await barrier();
    traced('averaging', 'read', () => readFloatsAt(memory, values, size * between));
  }

  const scratch = [new Float32Array(cachedFloats), new Float32Array(cachedFloats)] as const;

  /** Adds up all parts from `from` to `to`, of which the worker's own are in `values`, into the result, bit by bit. */
  function addChunk(values: Float32Array, from: number, to: number): void {
    for (let at = from; at < to; at += cachedFloats) {
      const end = Math.min(to, at + cachedFloats);
      const [total, part] = scratch.map((floats) => floats.subarray(0, end - at)) as [Float32Array, Float32Array];
      for (let r = 0; r < size; r++) {
        const into = r === 0 ? total : part;
        if (r === rank) into.set(values.subarray(at, end));
        else readFloatsAt(memory, into, r * between + at);
        if (r > 0) add(total, part);
      }
      writeFloats(memory, total, size * between + at);
    }
  }

  /** As `sumThroughMemory`, in mapped memory: nothing is copied. */
  function places(n: number): SharedPlace | undefined {
    checked(n);
    mapped ??= host.map(memory, counterOffset(longest, size));
    const buffer = mapped;
    if (buffer === undefined) return undefined;
    const place = (r: number) => new Float32Array(buffer, Float32Array.BYTES_PER_ELEMENT * r * between, n);
    const [parts, result] = [Array.from({ length: size }, (_, r) => place(r)), place(size)];
    return {
      own: parts[rank] as Float32Array,
      async sum(factor) {
        const own = (vector: Float32Array) => vector.subarray(...chunk(n));
        await barrier();
        traced('averaging', 'add', () => host.addUp(parts.map(own), factor, own(result)));
        await barrier();
        return result;
      },
    };
  }

  return {
    rank,
    size,
    places,
    async sum(values) {
      if (values instanceof Float32Array && values.length > longestMessage) await sumThroughMemory(values);
      else values.set(await gathered(values));
    },
    any: async (flag) => ((await gathered(Float64Array.of(Number(flag))))[0] as number) > 0,
    async broadcast(values) {
      checked(values.length);
      if (rank === 0) writeFloats(memory, values, 0);
      await barrier();
      if (rank !== 0) readFloatsAt(memory, values, 0);
      await barrier();
    },
  };
}

/** Adds `part` to `total`, element by element. */
export function add(total: Vector, part: Vector): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (part[i] as number);
}
