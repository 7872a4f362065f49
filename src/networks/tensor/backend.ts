/**
 * The base of the tensor layer: TensorFlow ops by name. A `Tensor` is a handle, not a value; the caller who receives
 * one owns it and must `dispose` it. TensorFlow.js does not track these tensors: `tensorsAlive` counts them.
 */
import { beat } from '#core/pulse';
import { CpuBackend } from '#networks/tensor/cpu/cpu-backend';
import { type Backend, dataType, type Shape, type Tensor, type TensorTuple } from './tensor.js';
import type { OpAttribute } from './tensorflow.js';
import { TensorFlowBackend } from './tensorflow-backend.js';

export { type Backend, dataType, type Shape, type Tensor, type TensorTuple };

/** The backends: native TensorFlow, and plain JavaScript (`cpu`) for tiny networks. */
export const backendNames = ['tensorflow', 'cpu'] as const satisfies readonly Backend['name'][];

export interface BackendOptions {
  /** Native TensorFlow by default. */
  readonly backend?: Backend['name'] | undefined;
  /** Threads per op of native TensorFlow; plain JavaScript has one. */
  readonly threads?: number | undefined;
}

let current: Backend | undefined;

/** Chooses this process's backend before the first tensor; later calls may leave the choice out or repeat it. */
export function openBackend({ backend: name, threads }: BackendOptions = {}): Backend {
  current ??= name === 'cpu' ? new CpuBackend() : new TensorFlowBackend(threads);
  if (name !== undefined && name !== current.name) {
    throw new Error(`the backend is ${current.name} already; it cannot change to ${name}`);
  }
  return current;
}

/** The open backend; native with default threads where none was chosen. */
export function backend(): Backend {
  return current ?? openBackend();
}

/** Runs `work` with the open backend wrapped, for example to count its calls. */
export function through<T>(wrap: (inner: Backend) => Backend, work: () => T): T {
  const inner = backend();
  current = wrap(inner);
  try {
    return work();
  } finally {
    current = inner;
  }
}

/** Runs an op that has one output, and returns it. */
export function run(op: string, attributes: readonly OpAttribute[], ...inputs: Tensor[]): Tensor {
  return runAll(op, attributes, inputs, 1)[0];
}

/** Runs an op and returns all its outputs, `outputs` in number. */
export function runAll<N extends number>(
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly Tensor[],
  outputs: N,
): TensorTuple<N> {
  beat();
  return backend().run(op, attributes, inputs, outputs) as TensorTuple<N>;
}

export function dispose(...tensors: readonly Tensor[]): void {
  const floor = backend();
  for (const tensor of tensors) floor.dispose(tensor);
}

/** The values of a float tensor, copied to JavaScript. */
export function readFloats(tensor: Tensor): Float32Array {
  return backend().read(tensor) as Float32Array;
}

/** Attributes by type, in the form that the binding takes. Make them once, outside the hot path. */
export const attribute = {
  text: (name: string, value: string): OpAttribute => ({ name, type: 0, value }),
  int: (name: string, value: number | readonly number[]): OpAttribute => ({ name, type: 1, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: 2, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: 3, value }),
  type: (name: string, value: number): OpAttribute => ({ name, type: 4, value }),
  shape: (name: string, value: Shape): OpAttribute => ({ name, type: 5, value: [...value] }),
};

/** `T = float32`, which nearly every op asks for. */
export const floatT = attribute.type('T', dataType.float32);
const halfT = attribute.type('T', dataType.bfloat16);

/** `T` of a tensor of floats or of halves. */
export function typeOf({ dtype }: Pick<Tensor, 'dtype'>): OpAttribute {
  return dtype === dataType.bfloat16 ? halfT : floatT;
}

const constants = new Map<string, Tensor>();

/** A small int32 constant, made once per process and never disposed: sizes, axes, paddings. */
export function intConstant(values: readonly number[], shape: Shape = [values.length]): Tensor {
  const key = `i${shape.join('x')}:${values.join()}`;
  return cached(key, () => backend().create(Int32Array.from(values), shape));
}

/** A float32 scalar, made once per process and never disposed. */
export function floatConstant(value: number): Tensor {
  return cached(`f${value}`, () => backend().create(Float32Array.of(value), []));
}

/** All zeros of a shape, made once per process and never disposed. */
export function zeros(shape: Shape): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  return cached(`z${shape.join('x')}`, () => backend().create(new Float32Array(count), shape));
}

function cached(key: string, make: () => Tensor): Tensor {
  let tensor = constants.get(key);
  if (tensor === undefined) {
    tensor = make();
    constants.set(key, tensor);
  }
  return tensor;
}

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}
