/** Typed arrays whose final length is not known beforehand. */
import { inSharedMemory } from '#core/shared-memory';

type Numbers = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Numbers in a typed array that doubles when it is full. */
export class GrowingArray<T extends Numbers> {
  readonly #make: (n: number) => T;
  #values: T;
  #length = 0;

  constructor(make: (n: number) => T) {
    this.#make = make;
    this.#values = make(64);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#values = this.#copied(2 * this.#length);
    this.#values[this.#length++] = value;
  }

  /** The numbers so far, a copy in memory that threads share. */
  values(): T {
    return inSharedMemory(this.#values.subarray(0, this.#length) as T);
  }

  #copied(n: number): T {
    const copy = this.#make(n);
    copy.set(this.#values.subarray(0, this.#length));
    return copy;
  }
}
