/** A tensor as the tensor layer knows it, and what a backend does with tensors. */
import type { OpAttribute } from './tensorflow.js';

export type Shape = readonly number[];

/** TensorFlow's numbers for the types we use (`TF_DataType` of its C API). */
export const dataType = { float32: 1, int32: 3, uint8: 4, bool: 10, resource: 20 } as const;

export interface Tensor {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: number;
}

/** So many tensors; any number where that is not known to the compiler. */
export type TensorTuple<N extends number, So extends Tensor[] = []> = number extends N
  ? Tensor[]
  : So['length'] extends N
    ? So
    : TensorTuple<N, [...So, Tensor]>;

/** The values of a tensor, row by row; those of bools are bytes. */
export type Values = Float32Array | Int32Array | Uint8Array;

export function dataTypeOf(values: Values): number {
  if (values instanceof Float32Array) return dataType.float32;
  return values instanceof Int32Array ? dataType.int32 : dataType.uint8;
}

/** Runs ops by TensorFlow's names. */
export interface Backend {
  readonly name: 'tensorflow' | 'cpu';
  /** Of TensorFlow, or of what stands in for it, which it then names. */
  readonly version: string;
  readonly isGpu: boolean;
  /** Whether oneDNN's kernels may answer to their private names (`onednn.ts`), and our own can be added. */
  readonly isTensorFlowCpu: boolean;
  run(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
  /** A tensor of these values, which must not change while it lives: it may share their memory. */
  create(values: Values, shape: Shape): Tensor;
  read(tensor: Tensor): Values;
  dispose(tensor: Tensor): void;
  tensorsAlive(): number;
}

/** `MatMul([2,3], [3,4])`, as errors name the op that was refused. */
export function callText(op: string, inputs: readonly Tensor[]): string {
  return `${op}(${inputs.map(({ shape }) => `[${shape.join(',')}]`).join(', ')})`;
}
