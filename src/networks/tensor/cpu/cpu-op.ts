/** An op of the plain JavaScript backend, and how it reads its attributes. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { OpAttribute } from '#networks/tensor/tensorflow';

export type Tf = typeof tfjs;
export type TfTensor = tfjs.Tensor;

/** Computes an op's outputs from its inputs, which the caller owns; runs inside `tidy`. */
export type CpuOp = (given: Attributes, ...inputs: TfTensor[]) => TfTensor | TfTensor[];

/** Ops by TensorFlow's names. */
export type OpTable = Readonly<Record<string, CpuOp>>;

/** Attributes that repeat what the inputs say, or that only give a name. */
const implied = new Set(['N', 'shared_name', 'container']);
const typeKind = 4; // the `type` of `attribute.type`: the inputs know their types

/** An op's attributes by name, which remember whether they were read. */
export class Attributes {
  readonly #given = new Map<string, OpAttribute['value']>();
  readonly #unread = new Set<string>();

  constructor(attributes: readonly OpAttribute[]) {
    for (const { name, type, value } of attributes) {
      this.#given.set(name, value);
      if (type !== typeKind && !implied.has(name)) this.#unread.add(name);
    }
  }

  read<T extends OpAttribute['value']>(name: string, absent?: T): T {
    this.#unread.delete(name);
    const value = this.#given.get(name) ?? absent;
    if (value === undefined) throw new Error(`the attribute ${name} is missing`);
    return value as T;
  }

  /** Attributes given but not read, which would silently make the op a different one. */
  unread(): string[] {
    return [...this.#unread];
  }
}
