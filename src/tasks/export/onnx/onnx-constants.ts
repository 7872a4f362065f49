/** The constants of an ONNX graph: weights, as reals or as integers, and the numbers that ops take. */
import type { OnnxTensor } from '#data/files/onnx-file';
import type { Graph } from '#tasks/export/graph/trace-graph';
import type { Integers } from '#tasks/export/int8/quantized-graph';
import { unsignedZero } from './unsigned.js';

/** A constant with its axes in ONNX's order. */
export interface OnnxConstant {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Int8Array | Uint8Array;
}

export class OnnxConstants {
  readonly initializers = new Map<string, OnnxTensor>();
  readonly #graph: Graph;
  readonly #integers: Integers | undefined;

  /** @param integers  for a model in int8 */
  constructor(graph: Graph, integers: Integers | undefined) {
    this.#graph = graph;
    this.#integers = integers;
  }

  has(name: string): boolean {
    return this.#graph.constants.has(name);
  }

  /** Returns a weight or operand: its integers in a model in int8, else its reals. */
  get(name: string): OnnxConstant {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`${name}: expected a constant; got a value that depends on the image`);
    const integers = this.#integers?.constants.get(name)?.values;
    const values = integers ?? constant.values;
    if (integers === undefined && !(values instanceof Float32Array))
      throw new Error(`${name}: expected float32; got integers`);
    return { shape: constant.shape, values };
  }

  /** Returns the scales of a constant in int8; undefined for reals. */
  scalesOf(name: string): Float32Array | undefined {
    return this.#integers?.constants.get(name)?.scales;
  }

  /** Returns the numbers that say axes and orders. */
  numbersOf(name: string): number[] {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw new Error(`${name}: expected constant numbers; got a value`);
    return [...constant.values];
  }

  /** Adds a constant, under another name if this one is taken by one of another shape, and returns its name. */
  add(name: string, { shape, values }: OnnxConstant): string {
    const known = this.initializers.get(name);
    const isOther = known !== undefined && `${known.shape}` !== `${shape}`;
    return this.#named(isOther ? `${name}/${shape.join('x')}` : name, { shape, values });
  }

  scalar(value: number): string {
    return this.#named(`number_${value}`, { shape: [], values: Float32Array.of(value) });
  }

  /** Adds a list of int64 and returns its name. */
  numbers(values: readonly number[]): string {
    const list = { shape: [values.length], values: BigInt64Array.from(values.map(BigInt)) };
    return this.#named(`numbers_${values.join('_')}`, list);
  }

  /** Adds a zero point, in uint8 for one in int8, and returns its name. */
  zero(zeroPoint: number): string {
    const zero = unsignedZero(zeroPoint);
    return this.#named(`zero_${zero}`, { shape: [], values: Uint8Array.of(zero) });
  }

  #named(name: string, tensor: OnnxTensor): string {
    this.initializers.set(name, tensor);
    return name;
  }
}
