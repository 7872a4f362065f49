/** Spatial convolutions with padding `same`. */
import { attribute, floatT, intConstant, type Tensor } from '../backend.js';
import { isFastFilterGradient, type Kernel, type KernelPair, kernelPair, runKernel } from '../kernels.js';
import type { Tape, Value } from '../tape.js';

/** The three kernels of a convolution at one stride. */
interface Kernels {
  readonly forward: KernelPair;
  readonly inputGradient: KernelPair;
  readonly filterGradient: KernelPair;
}

function kernelsOf(op: string): readonly Kernels[] {
  return [1, 2].map((stride) => {
    const attributes = [floatT, attribute.int('strides', [1, stride, stride, 1]), attribute.text('padding', 'SAME')];
    return {
      forward: kernelPair(op, attributes),
      inputGradient: kernelPair(`${op}BackpropInput`, attributes),
      filterGradient: kernelPair(`${op}BackpropFilter`, attributes),
    };
  });
}

const dense = kernelsOf('Conv2D');
const perChannel = kernelsOf('DepthwiseConv2dNative');

/**
 * @param x       [B, H, W, Cin]
 * @param kernel  [k, k, Cin, Cout]
 * @returns       [B, ceil(H / stride), ceil(W / stride), Cout]
 */
export function conv2d(tape: Tape, x: Value, kernel: Value, stride: number): Value {
  const kernels = dense[stride - 1] as Kernels;
  return convolve(tape, x, kernel, kernels, kernels.filterGradient.fast());
}

/**
 * Each channel filtered by itself.
 *
 * @param x       [B, H, W, C]
 * @param kernel  [k, k, C, 1]
 * @returns       [B, ceil(H / stride), ceil(W / stride), C]
 */
export function depthwise(tape: Tape, x: Value, kernel: Value, stride: number): Value {
  const kernels = perChannel[stride - 1] as Kernels;
  const isFast = isFastFilterGradient(kernel.tensor.shape[0] as number, x.tensor.shape);
  const { filterGradient } = kernels;
  return convolve(tape, x, kernel, kernels, isFast ? filterGradient.fast() : filterGradient.public);
}

function convolve(tape: Tape, x: Value, kernel: Value, kernels: Kernels, filterGradient: Kernel): Value {
  const y = runKernel(kernels.forward.fast(), x.tensor, kernel.tensor);
  return tape.result(y, [x, kernel], (dy) => {
    if (x.needsGradient) {
      tape.give(x, runKernel(kernels.inputGradient.fast(), shapeOf(x.tensor), kernel.tensor, dy));
    }
    if (kernel.needsGradient) {
      tape.give(kernel, runKernel(filterGradient, x.tensor, shapeOf(kernel.tensor), dy));
    }
  });
}

function shapeOf(tensor: Tensor): Tensor {
  return intConstant(tensor.shape);
}
