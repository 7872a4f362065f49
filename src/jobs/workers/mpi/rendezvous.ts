/**
 * The meetings of the ranks of a job. In each of them every rank says one word of the same size to all: values to sum,
 * that it has failed, or that its work is over. So all ranks know at the same time how the job stands, and none waits
 * for one that has left.
 */
import { deserialize, serialize } from 'node:v8';
import { add } from '#jobs/workers/host/host-collective';
import { errorOf, type Problem, problemOf, type Vector } from '#jobs/workers/host/messages';
import type { Communicator } from './communicator.js';

const wordLength = 32; // float64: kind, length, and up to 30 values
const inWord = wordLength - 2;

const kinds = { floats: 0, doubles: 1, problem: 2, over: 3 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** A word as all ranks heard it. */
interface Heard {
  readonly kind: number;
  readonly length: number;
  /** Its values, if they fit into the word. */
  readonly values: Float64Array;
}

/** Ends the work of a rank because the job has ended on another one. */
export class Interrupted extends Error {}

/** One rank's side of a job's meetings. After a failure or the end of the job, no more take place. */
export class Rendezvous {
  readonly rank: number;
  readonly size: number;
  readonly #group: Communicator;
  #end: Error | undefined;
  #interrupt: ((error: Error) => void) | undefined;

  constructor(group: Communicator) {
    this.#group = group;
    this.rank = group.rank;
    this.size = group.size;
  }

  /**
   * Returns the sum of the ranks' vectors, added in the order of the ranks, so that all hold the same bits.
   *
   * @throws  on rank 0 the error of a rank that has failed, on the others `Interrupted`
   */
  async gather(values: Vector): Promise<Vector> {
    const isFloat = values instanceof Float32Array;
    const parts = await this.#parts(isFloat ? kinds.floats : kinds.doubles, Float64Array.from(values));
    const total = isFloat ? Float32Array.from(parts[0] as Float64Array) : (parts[0] as Float64Array).slice();
    for (const part of parts.slice(1)) add(total, isFloat ? Float32Array.from(part) : part);
    return total;
  }

  /** Returns the vectors of all ranks, which have the same length. */
  parts(values: Float64Array): Promise<readonly Float64Array[]> {
    return this.#parts(kinds.doubles, values);
  }

  /** Overwrites the bytes with those of rank 0. */
  async broadcast(bytes: Uint8Array): Promise<void> {
    await this.parts(new Float64Array(0)); // all are there: none waits inside MPI
    await this.#group.broadcast(bytes, 0);
  }

  /** Tells the other ranks that this one's work is over; on rank 0 it ends the job. */
  async over(): Promise<void> {
    await this.#last(kinds.over, 0);
  }

  /** Ends the job on this rank alone, because another one hangs: the pending call and all later ones throw the error. */
  lose(error: Error): void {
    this.#end ??= error;
    this.#interrupt?.(this.#end);
  }

  /** Tells the other ranks that this one has failed; rank 0 throws the error. */
  async fail(error: unknown): Promise<void> {
    const bytes = new Uint8Array(serialize(problemOf(error)));
    await this.#last(kinds.problem, bytes.length, bytes);
  }

  async #last(kind: Kind, length: number, problem?: Uint8Array): Promise<void> {
    if (this.#end !== undefined) return;
    const words = await this.#said(kind, length, new Float64Array(0));
    await this.#judge(words, problem);
    this.#end ??= new Interrupted('the job is over');
  }

  async #parts(kind: Kind, values: Float64Array): Promise<readonly Float64Array[]> {
    if (this.#end !== undefined) throw this.#end;
    const words = await this.#said(kind, values.length, values.length <= inWord ? values : new Float64Array(0));
    await this.#judge(words);
    if (this.#end !== undefined) throw this.#end;
    if (values.length <= inWord) return words.map((word) => word.values.subarray(0, values.length));
    const all = await this.#group.allGather(values);
    return words.map((_, r) => all.subarray(r * values.length, (r + 1) * values.length));
  }

  async #said(kind: Kind, length: number, values: Float64Array): Promise<readonly Heard[]> {
    const word = new Float64Array(wordLength);
    word.set([kind, length]);
    word.set(values, 2);
    const all = await new Promise<Float64Array>((resolve, reject) => {
      this.#interrupt = reject;
      this.#group.allGather(word).then(resolve, reject);
    });
    return Array.from({ length: this.size }, (_, r) => {
      const [said, count] = [all[r * wordLength] as number, all[r * wordLength + 1] as number];
      return { kind: said, length: count, values: all.subarray(r * wordLength + 2, (r + 1) * wordLength) };
    });
  }

  /** Decides from what all have said whether the job has ended; all ranks decide the same. */
  async #judge(words: readonly Heard[], own?: Uint8Array): Promise<void> {
    const failed = words.findIndex(({ kind }) => kind === kinds.problem);
    const first = words[0] as Heard;
    const other = words.find(({ kind, length }) => kind !== first.kind || length !== first.length);
    if (failed >= 0) this.#end = await this.#errorFrom(failed, words[failed] as Heard, own);
    else if (first.kind === kinds.over) this.#end = new Interrupted('the job is over');
    else if (other !== undefined) {
      this.#end = new Error(`the workers sum ${first.length} and ${other.length} values at once`);
    }
  }

  async #errorFrom(rank: number, { length }: Heard, own?: Uint8Array): Promise<Error> {
    const bytes = rank === this.rank && own !== undefined ? own : new Uint8Array(length);
    await this.#group.broadcast(bytes, rank);
    const problem: Problem = deserialize(bytes);
    return this.rank === 0 ? errorOf(problem, `worker ${rank}`) : new Interrupted(`worker ${rank} has failed`);
  }
}
