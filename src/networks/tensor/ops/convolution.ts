/** Spatial convolutions. */

import type { Padding } from '#networks/space/space';
import { attribute, floatT, intConstant, type Shape, type Tensor } from '#networks/tensor/backend';
import { type Kernel, type KernelPair, kernelPair, runKernel } from '#networks/tensor/onednn';
import type { Tape, Value } from '#networks/tensor/tape';
import { padded } from './pad.js';

/** The network's paddings, or none. */
export type WindowPadding = Padding | 'valid';

/** The three kernels of a convolution at one stride and padding. */
interface ConvolutionKernels {
  readonly forward: KernelPair;
  readonly inputGradient: KernelPair;
  readonly filterGradient: Kernel;
}

function kernelsOf(op: string): (stride: number, padding: 'same' | 'valid') => ConvolutionKernels {
  const table = new Map<string, ConvolutionKernels>();
  return (stride, padding) => {
    const key = `${stride} ${padding}`;
    const strides = attribute.int('strides', [1, stride, stride, 1]);
    const attributes = [floatT, strides, attribute.text('padding', padding.toUpperCase())];
    const kernels = table.get(key) ?? {
      forward: kernelPair(op, attributes),
      inputGradient: kernelPair(`${op}BackpropInput`, attributes),
      filterGradient: { op: `${op}BackpropFilter`, attributes }, // oneDNN's corrupts the heap
    };
    table.set(key, kernels);
    return kernels;
  };
}

const dense = kernelsOf('Conv2D');
const perChannel = kernelsOf('DepthwiseConv2dNative');

/**
 * Dense k x k convolution.
 *
 * @param x       [B, H, W, Cin]
 * @param kernel  [k, k, Cin, Cout]
 * @returns       [B, H', W', Cout]
 */
export function conv2d(tape: Tape, x: Value, kernel: Value, stride: number, padding: WindowPadding = 'same'): Value {
  return convolve(tape, x, kernel, dense, stride, padding);
}

/**
 * Depthwise k x k convolution: each channel has its own filter.
 *
 * @param x       [B, H, W, C]
 * @param kernel  [k, k, C, 1]
 * @returns       [B, H', W', C]
 */
export function depthwise(tape: Tape, x: Value, kernel: Value, stride: number, padding: WindowPadding = 'same'): Value {
  return convolve(tape, x, kernel, perChannel, stride, padding);
}

/** Rows and columns of zero padding at the top and left, and rows and columns of the output. */
export interface Window {
  readonly before: readonly [number, number];
  readonly out: readonly [number, number];
}

export function windowOf(map: Shape, kernel: number, stride: number, padding: WindowPadding): Window {
  const [rows, columns] = [map[1], map[2]].map((size) => along(size as number, kernel, stride, padding));
  const [[top, height], [left, width]] = [rows, columns] as [[number, number], [number, number]];
  return { before: [top, left], out: [height, width] };
}

/** Zeros before the first value, and the output's size, along one axis. */
function along(size: number, kernel: number, stride: number, padding: WindowPadding): [number, number] {
  if (padding === 'valid') return [0, Math.ceil((size - kernel + 1) / stride)];
  const out = Math.ceil(size / stride);
  if (padding === 'symmetric') return [(kernel - 1) / 2, out];
  return [Math.floor(Math.max((out - 1) * stride + kernel - size, 0) / 2), out];
}

function convolve(
  tape: Tape,
  x: Value,
  kernel: Value,
  kernelsFor: ReturnType<typeof kernelsOf>,
  stride: number,
  padding: WindowPadding,
): Value {
  if (padding === 'symmetric' && stride > 1) {
    // with a stride of 1 it equals `same`
    const margin = ((kernel.tensor.shape[0] as number) - 1) / 2;
    return convolve(tape, padded(tape, x, margin), kernel, kernelsFor, stride, 'valid');
  }
  const kernels = kernelsFor(stride, padding === 'valid' ? 'valid' : 'same');
  const y = runKernel(kernels.forward.fast(), x.tensor, kernel.tensor);
  return tape.op([x, kernel], y, function* (dy, [wantsX, wantsKernel]) {
    yield wantsX && runKernel(kernels.inputGradient.fast(), shapeOf(x.tensor), kernel.tensor, dy);
    yield wantsKernel && runKernel(kernels.filterGradient, x.tensor, shapeOf(kernel.tensor), dy);
  });
}

function shapeOf(tensor: Tensor): Tensor {
  return intConstant(tensor.shape);
}
