/** Tensors of the tensor layer, and the interface of the backends that compute with them. */
import type { OpAttribute } from './tensorflow.js';

export type Shape = readonly number[];

/** TensorFlow's numbers for the types we use (`TF_DataType` of its C API). */
export const dataType = { float32: 1, int32: 3, uint8: 4, bool: 10, bfloat16: 14, resource: 20 } as const;

export interface Tensor {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: number;
}

/** A tuple of N tensors; an array where the compiler does not know N. */
export type TensorTuple<N extends number, So extends Tensor[] = []> = number extends N
  ? Tensor[]
  : So['length'] extends N
    ? So
    : TensorTuple<N, [...So, Tensor]>;

/** The values of a tensor in row-major order; bools are bytes. */
export type Values = Float32Array | Int32Array | Uint8Array;

export function dataTypeOf(values: Values): number {
  if (values instanceof Float32Array) return dataType.float32;
  return values instanceof Int32Array ? dataType.int32 : dataType.uint8;
}

/** Runs ops by TensorFlow's names. */
export interface Backend {
  readonly name: 'tensorflow' | 'cpu';
  /** TensorFlow's version, or name and version of the library that replaces it. */
  readonly version: string;
  readonly isGpu: boolean;
  /** True where oneDNN's kernels may be called by their private names (`onednn.ts`) and our own can be added. */
  readonly isTensorFlowCpu: boolean;
  run(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
  /** A tensor of these values, which must not change while it lives: it may share their memory. */
  create(values: Values, shape: Shape): Tensor;
  read(tensor: Tensor): Values;
  dispose(tensor: Tensor): void;
  tensorsAlive(): number;
}

/** An op and its input shapes for error messages: `MatMul([2,3], [3,4])`. */
export function callText(op: string, inputs: readonly Tensor[]): string {
  return `${op}(${inputs.map(({ shape }) => `[${shape.join(',')}]`).join(', ')})`;
}
