/**
 * Flat vectors: all weights of a network in one, and the optimizer's slots in others of the same layout, so that one op
 * reads them, one op updates them, and averaging or saving them takes one buffer. Saved states are keyed by name, not by
 * position.
 */
import { attribute, backend, dataType, dispose, run, type Tensor } from '#networks/tensor/backend';
import { ownMemory } from '#networks/tensor/custom-ops';
import type { SharedVectors } from '#networks/tensor/host-kernels';

const variableAttributes = (name: string, size: number) => [
  attribute.type('dtype', dataType.float32),
  attribute.shape('shape', [size]),
  attribute.text('shared_name', name),
  attribute.text('container', ''),
];
const typed = [attribute.type('dtype', dataType.float32)];
let variablesMade = 0;

/** The first values of a vector, written into memory that is zero. */
export interface Initial {
  readonly size: number;
  readonly fill: (values: Float32Array) => void;
}

/**
 * A mutable vector that updates change in place; its creator disposes it. It lies in our memory, which our kernels update
 * and several workers may share, or in TensorFlow's where its ops update it. It is made when it is first used.
 */
export class FlatVariable {
  readonly size: number;
  /** Until it is made. */
  #initial: Initial | undefined;
  #memory: Float32Array | undefined;
  /** The part of the memory that this worker updates. */
  #part: Float32Array | undefined;
  #handle: Tensor | undefined;

  constructor(given: Initial | Float32Array) {
    const initial: Initial =
      given instanceof Float32Array ? { size: given.length, fill: (memory) => memory.set(given) } : given;
    this.#initial = initial;
    this.size = initial.size;
  }

  /** The variable for TensorFlow's update ops; from here on TensorFlow holds the values. */
  get handle(): Tensor {
    const memory = this.#ownMemory();
    if (memory !== undefined) {
      this.#handle = this.#variableOf(memory);
      this.#memory = this.#part = undefined;
    }
    if (this.#handle === undefined) throw new Error('expected a variable in use; got one that is disposed');
    return this.#handle;
  }

  /** The current value; the caller owns it and should free it before the next update, which changes or else copies it. */
  read(): Tensor {
    const memory = this.#ownMemory();
    return memory === undefined ? run('ReadVariableOp', typed, this.handle) : backend().create(memory, [this.size]);
  }

  /** The part that this worker updates, in the same memory: all of it unless it is shared. */
  readPart(): Tensor {
    return this.#part === undefined ? this.read() : backend().create(this.#part, [this.#part.length]);
  }

  values(): Float32Array {
    const memory = this.#ownMemory();
    if (memory !== undefined) return memory.slice();
    const tensor = this.read();
    const values = backend().read(tensor) as Float32Array;
    dispose(tensor);
    return values;
  }

  write(values: Float32Array): void {
    const memory = this.#ownMemory();
    if (memory === undefined) this.#assign(this.handle, values);
    else memory.set(values);
  }

  /**
   * Moves the variable to shared memory, of which this worker updates a part.
   *
   * @param gives  true on the one worker whose values it then has
   */
  share(memory: Float32Array, [from, to]: SharedVectors['part'], gives: boolean): void {
    if (gives && this.#initial === undefined) memory.set(this.#memory ?? this.values());
    else if (gives) this.#initial?.fill(memory);
    this.dispose();
    this.#memory = memory;
    this.#part = memory.subarray(from, to);
  }

  dispose(): void {
    this.#initial = this.#memory = this.#part = undefined;
    if (this.#handle === undefined) return;
    backend().run('DestroyResourceOp', [], [this.#handle], 0);
    dispose(this.#handle);
    this.#handle = undefined;
  }

  #assign(handle: Tensor, values: Float32Array): void {
    const tensor = backend().create(values, [this.size]);
    backend().run('AssignVariableOp', typed, [handle, tensor], 0);
    dispose(tensor);
  }

  /** Our memory with the values; undefined if TensorFlow holds them. */
  #ownMemory(): Float32Array | undefined {
    if (this.#initial !== undefined) {
      const own = ownMemory(this.size);
      const values = own ?? new Float32Array(this.size);
      this.#initial.fill(values);
      this.#initial = undefined;
      if (own === undefined) this.#handle = this.#variableOf(values);
      else this.#memory = own;
    }
    return this.#memory;
  }

  #variableOf(values: Float32Array): Tensor {
    const handle = run('VarHandleOp', variableAttributes(`flat/${variablesMade++}`, this.size));
    this.#assign(handle, values);
    return handle;
  }
}
