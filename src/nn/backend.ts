/**
 * The tensor layer's floor: ops of TensorFlow by name. A `Tensor` is a handle, not a value; whoever receives one from
 * here owns it and gives it to `dispose`. Nothing here is tracked by TensorFlow.js: `tensorsAlive` counts.
 */
import { Failure } from '../core/failure.js';
import { loadNative, type NativeBinding, type OpAttribute } from './native.js';

export type Shape = readonly number[];

/** TensorFlow's numbers for the types we use (`TF_DataType` of its C API). */
export const dataType = { float32: 1, int32: 3, uint8: 4, resource: 20 } as const;

export interface Tensor {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: number;
}

/** Runs ops by TensorFlow's names. */
export interface Backend {
  readonly name: 'tensorflow' | 'cpu';
  readonly version: string;
  readonly isGpu: boolean;
  run(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[];
  /** A tensor of these values, which must not change while it lives: it may share their memory. */
  create(values: Float32Array | Int32Array | Uint8Array, shape: Shape): Tensor;
  read(tensor: Tensor): Float32Array | Int32Array | Uint8Array;
  dispose(tensor: Tensor): void;
  tensorsAlive(): number;
}

const dataTypeOf = (values: Float32Array | Int32Array | Uint8Array) => {
  if (values instanceof Float32Array) return dataType.float32;
  return values instanceof Int32Array ? dataType.int32 : dataType.uint8;
};

class NativeBackend implements Backend {
  readonly name = 'tensorflow';
  readonly version: string;
  readonly isGpu: boolean;
  readonly #binding: NativeBinding;

  constructor(threads: number | undefined) {
    const { binding, tensorflowVersion } = loadNative(threads === undefined ? {} : { threads });
    this.#binding = binding;
    this.version = tensorflowVersion;
    this.isGpu = binding.isUsingGpuDevice();
  }

  run(op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number): Tensor[] {
    const ids: number[] = [];
    for (const input of inputs) ids.push(input.id);
    try {
      return this.#binding.executeOp(op, attributes, ids, outputs);
    } catch (error) {
      throw explained(op, inputs, error as Error);
    }
  }

  create(values: Float32Array | Int32Array | Uint8Array, shape: Shape): Tensor {
    const dtype = dataTypeOf(values);
    return { id: this.#binding.createTensor(shape, dtype, values), shape, dtype };
  }

  read(tensor: Tensor): Float32Array | Int32Array | Uint8Array {
    return this.#binding.tensorDataSync(tensor.id);
  }

  dispose(tensor: Tensor): void {
    this.#binding.deleteTensor(tensor.id);
  }

  tensorsAlive(): number {
    return this.#binding.getNumOfTensors();
  }
}

function explained(op: string, inputs: readonly Tensor[], error: Error): Error {
  if (/OOM|ran out of memory|RESOURCE_EXHAUSTED|failed to allocate/i.test(error.message)) {
    const shapes = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
    return new Failure('backend', `out of memory in ${op} of ${shapes}`, 'try half the batch (--set batch=N)');
  }
  error.message = `${op}(${inputs.map(({ shape }) => `[${shape.join(',')}]`).join(', ')}): ${error.message}`;
  return error;
}

let current: Backend | undefined;

/** Chooses this process's backend before the first tensor; later calls must ask for the same. */
export function openBackend({ threads }: { readonly threads?: number } = {}): Backend {
  current ??= new NativeBackend(threads);
  return current;
}

/** The open backend; native with default threads where none was chosen. */
export function backend(): Backend {
  return current ?? openBackend();
}

/** The one output of an op. */
export function run(op: string, attributes: readonly OpAttribute[], ...inputs: Tensor[]): Tensor {
  return backend().run(op, attributes, inputs, 1)[0] as Tensor;
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
