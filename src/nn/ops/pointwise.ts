/** 1x1 convolution as a matrix product, the fastest form on a CPU: a reshape is free. */
import { attribute, dispose, floatT, intConstant, run, sizeOf, type Tensor } from '../backend.js';
import { kernelPair, runKernel } from '../kernels.js';
import type { Tape, Value } from '../tape.js';

const plain = [floatT];
const transposeA = kernelPair('MatMul', [floatT, attribute.bool('transpose_a', true)]);
const transposeB = [floatT, attribute.bool('transpose_b', true)];

/**
 * @param x       [..., Cin]
 * @param kernel  [Cin, Cout]
 * @returns       [..., Cout]
 */
export function pointwise(tape: Tape, x: Value, kernel: Value): Value {
  const shape = x.tensor.shape;
  const outShape = [...shape.slice(0, -1), kernel.tensor.shape[1] as number];
  const rows = asRows(x.tensor);
  const product = run('MatMul', plain, rows, kernel.tensor);
  const y = reshaped(product, outShape);
  return tape.result(
    y,
    [x, kernel],
    (dy) => {
      const dyRows = asRows(dy);
      if (x.needsGradient) tape.give(x, reshaped(run('MatMul', transposeB, dyRows, kernel.tensor), shape));
      if (kernel.needsGradient) tape.give(kernel, runKernel(transposeA.fast(), rows, dyRows));
      dispose(dyRows);
    },
    [rows],
  );
}

/** [B, 1, 1, C] as [B, C]. */
export function flattened(tape: Tape, x: Value): Value {
  const shape = x.tensor.shape;
  const y = reshape(x.tensor, [shape[0] as number, shape.at(-1) as number]);
  return tape.result(y, [x], (dy) => tape.give(x, reshape(dy, shape)));
}

/** The same values as [rows, C]; a handle of its own on shared memory. */
function asRows(x: Tensor): Tensor {
  const channels = x.shape.at(-1) as number;
  return reshape(x, [sizeOf(x.shape) / channels, channels]);
}

export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  return run('Reshape', reshapeAttributes, x, intConstant(shape));
}

/** Like `reshape`, but takes `x` over. */
function reshaped(x: Tensor, shape: readonly number[]): Tensor {
  const y = reshape(x, shape);
  dispose(x);
  return y;
}

const reshapeAttributes = [floatT, attribute.type('Tshape', 3)];
