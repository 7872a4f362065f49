/**
 * Our own kernels (`native/`): a layer's linear op with the batch norms before and after it, in one pass over memory. A
 * step on a CPU is memory-bound, and these kernels read and write about a third of what separate ops do.
 */
import {
  attribute,
  backend,
  dataType,
  readFloats,
  runAll,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorTuple,
  typeOf,
  zeros,
} from './backend.js';
import { comparedOn, isClose, remembered, wave } from './onednn.js';
import type { Values } from './tensor.js';
import { hostKernels, loadTensorFlow, type OpAttribute } from './tensorflow.js';

const leastChannels = 8;
const leastWindow = 9; // values of a dense convolution's window: a 3x3 kernel on one channel
const depthwiseKernels: readonly unknown[] = [3, 5];
const isWide = (shape: Shape) => (shape.at(-1) as number) >= leastChannels;

/** The shapes of input and kernel that our kernels accept; TensorFlow's compute the others (`onednn.ts`). */
const customLayers = {
  Pointwise: (x, kernel) => isWide(x) && isWide(kernel),
  Depthwise: (x, kernel) => isWide(x) && depthwiseKernels.includes(kernel[0]),
  Convolution: (_, kernel, goesBack) =>
    isWide(kernel) && sizeOf(kernel.slice(0, 3)) >= (goesBack ? leastChannels : leastWindow),
  BatchNorm: isWide,
  Combine: isWide,
} satisfies Record<string, (x: Shape, kernel: Shape, goesBack: boolean) => boolean>;

/**
 * True if this process computes a layer with our kernel.
 *
 * @param goesBack  true if the input's gradient is wanted
 */
export function isCustom(layer: keyof typeof customLayers, x: Shape, kernel: Shape = x, goesBack = true): boolean {
  return (
    hasCustomOps() && (customLayers[layer] as (...shapes: [Shape, Shape, boolean]) => boolean)(x, kernel, goesBack)
  );
}

export type CustomOp =
  | 'Pointwise'
  | 'PointwiseGrad'
  | 'Convolution'
  | 'ConvolutionGrad'
  | 'Depthwise'
  | 'DepthwiseGrad'
  | 'BatchNorm'
  | 'BatchNormGrad'
  | 'ParameterGrad'
  | 'Product'
  | 'Combine'
  | 'RmsProp'
  | 'AdamW'
  | 'Slice'
  | 'Flatten';

/** True if this process computes with our own kernels: on a CPU, if they are compiled and pass their trial. */
export function hasCustomOps(): boolean {
  return remembered('custom ops', () => loadTensorFlow().kernels.available && agrees());
}

/** True if our kernels multiply half activations as they are, faster than floats: with AMD's AVX512_BF16 or Intel's AMX. */
export function multipliesHalf(): boolean {
  return hasCustomOps() && loadTensorFlow().kernels.addon?.multipliesHalf === true;
}

/** Zeros in memory that our kernels change in place; undefined without them. */
export function ownMemory(floats: number): Float32Array | undefined {
  const buffer = hasCustomOps() ? hostKernels.map(-1, Float32Array.BYTES_PER_ELEMENT * Math.max(1, floats)) : undefined;
  if (buffer === undefined) return undefined;
  ownBuffers.add(buffer);
  return new Float32Array(buffer, 0, floats);
}

const ownBuffers = new WeakSet<ArrayBufferLike>();

/** True for values in such memory, which a tensor of them shares. */
export function isOwnMemory({ buffer }: Values): boolean {
  return ownBuffers.has(buffer);
}

/**
 * Runs one of our ops, described in `native/layers.h` and `native/ops.cc`; attributes that are left out are 0. T is the
 * first input's type.
 */
export function runCustom<N extends number>(
  op: CustomOp,
  attributes: readonly OpAttribute[],
  inputs: readonly Tensor[],
  outputs: N,
): TensorTuple<N> {
  threads ??= attribute.int('threads', loadTensorFlow().threads);
  return runAll(`Mnv4${op}`, [...attributes, typeOf(inputs[0] as Tensor), threads], inputs, outputs);
}

let threads: OpAttribute | undefined;

/** The norm of a tensor that has none: empty. */
export function noNorm(): Tensor {
  return zeros([0]);
}

/** `factor` times the sum of tensors of equal shapes, as `dtype`; by default theirs. */
export function ownSum(tensors: readonly Tensor[], factor = 1, dtype = (tensors[0] as Tensor).dtype): Tensor {
  return runCombine(
    tensors,
    tensors.map(noNorm),
    tensors.map(() => 0),
    factor,
    dtype,
  );
}

/** The same of tensors that are normalised first, with a ReLU (1) or none (0) after each. */
export function runCombine(
  tensors: readonly Tensor[],
  norms: readonly Tensor[],
  relus: readonly number[],
  factor: number,
  dtype: number,
): Tensor {
  const attributes = [
    attribute.int('N', tensors.length),
    attribute.float('factor', factor),
    attribute.int('relus', relus),
    attribute.type('Y', dtype),
  ];
  return runCustom('Combine', attributes, [...tensors, ...norms], 1)[0];
}

/** True if our kernels compute a layer as plain loops do; TensorFlow's products, which we avoid, are no reference. */
function agrees(): boolean {
  return comparedOn([wave(rows, inputs), wave(inputs, outputs), wave(outputs), wave(outputs)], (tensors, made) => {
    const [x, kernel, gamma, beta] = tensors as [Tensor, Tensor, Tensor, Tensor];
    const noted = <T extends Tensor[]>(results: T): T => {
      made.push(...results);
      return results;
    };
    const [z, norm] = noted(runCustom('Pointwise', [epsilon], [x, noNorm(), kernel, gamma, beta], 2));
    const [y] = noted([runCombine([z], [norm], [1], 1, dataType.float32)] as [Tensor]);
    const [product] = noted(runCustom('Product', [], [x, kernel], 1));
    const expected = layerByLoops(...(tensors.map(readFloats) as [Matrix, Matrix, Matrix, Matrix]));
    made.push(expected.product, expected.y);
    return isClose(expected.product, product) && isClose(expected.y, y);
  });
}

const [rows, inputs, outputs] = [40, 24, 40];
const epsilon = attribute.float('epsilon', 1e-3);

type Matrix = Float32Array;

/** The product of x and kernel, and the same with batch norm and ReLU applied. */
function layerByLoops(x: Matrix, kernel: Matrix, gamma: Matrix, beta: Matrix): { product: Tensor; y: Tensor } {
  const product = new Float32Array(rows * outputs);
  const y = new Float32Array(rows * outputs);
  const sumOver = (count: number, value: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += value(i);
    return sum;
  };
  for (let c = 0; c < outputs; c++) {
    const z = (r: number) =>
      sumOver(inputs, (k) => (x[r * inputs + k] as number) * (kernel[k * outputs + c] as number));
    const mean = sumOver(rows, z) / rows;
    const deviation = Math.sqrt(sumOver(rows, (r) => (z(r) - mean) ** 2) / rows + 1e-3);
    for (let r = 0; r < rows; r++) {
      product[r * outputs + c] = z(r);
      y[r * outputs + c] = Math.max(0, ((z(r) - mean) / deviation) * (gamma[c] as number) + (beta[c] as number));
    }
  }
  const shape = [rows, outputs];
  return { product: backend().create(product, shape), y: backend().create(y, shape) };
}
