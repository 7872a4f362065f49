/** 1x1 convolution as a matrix product, the fastest form on a CPU: a reshape is free. */
import {
  attribute,
  dispose,
  floatT,
  intConstant,
  run,
  type Shape,
  sizeOf,
  type Tensor,
} from '#networks/tensor/backend';
import { hasCustomOps, runCustom } from '#networks/tensor/custom-ops';
import type { Tape, Value } from '#networks/tensor/tape';
import type { OpAttribute } from '#networks/tensor/tensorflow';

const plain = [floatT];
const transposeA = [floatT, attribute.bool('transpose_a', true)];
const transposeB = [floatT, attribute.bool('transpose_b', true)];
const ownA = [attribute.int('transpose_a', 1)];
const ownB = [attribute.int('transpose_b', 1)];

/** Matrix products: ours, or TensorFlow's where ours are not compiled. */
const products = {
  plain: (a: Tensor, b: Tensor) => (hasCustomOps() ? ownProduct([], a, b) : run('MatMul', plain, a, b)),
  withA: (a: Tensor, b: Tensor) => (hasCustomOps() ? ownProduct(ownA, a, b) : run('MatMul', transposeA, a, b)),
  withB: (a: Tensor, b: Tensor) => (hasCustomOps() ? ownProduct(ownB, a, b) : run('MatMul', transposeB, a, b)),
};

function ownProduct(attributes: readonly OpAttribute[], a: Tensor, b: Tensor): Tensor {
  return runCustom('Product', attributes, [a, b], 1)[0];
}

/**
 * 1x1 convolution.
 *
 * @param x       [..., Cin]
 * @param kernel  [Cin, Cout]
 * @returns       [..., Cout]
 */
export function pointwise(tape: Tape, x: Value, kernel: Value): Value {
  const shape = x.tensor.shape;
  const outShape = [...shape.slice(0, -1), kernel.tensor.shape[1] as number];
  const rows = asRows(x.tensor);
  const product = products.plain(rows, kernel.tensor);
  const y = reshaped(product, outShape);
  return tape.op(
    [x, kernel],
    y,
    function* (dy, [wantsX, wantsKernel]) {
      const dyRows = asRows(dy);
      yield wantsX && reshaped(products.withB(dyRows, kernel.tensor), shape);
      yield wantsKernel && products.withA(rows, dyRows);
      dispose(dyRows);
    },
    [rows],
  );
}

/** Reshapes [B, 1, 1, C] to [B, C]. */
export function flattened(tape: Tape, x: Value): Value {
  return inShape(tape, x, [x.tensor.shape[0] as number, x.tensor.shape.at(-1) as number]);
}

/** The same values in another shape. */
export function inShape(tape: Tape, x: Value, shape: Shape): Value {
  const before = x.tensor.shape;
  return tape.op([x], reshape(x.tensor, shape), (dy) => [reshape(dy, before)]);
}

/** x reshaped to [rows, C]: a new handle to the same memory. */
function asRows(x: Tensor): Tensor {
  const channels = x.shape.at(-1) as number;
  return reshape(x, [sizeOf(x.shape) / channels, channels]);
}

export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  return run('Reshape', reshapeAttributes, x, intConstant(shape));
}

/** Like `reshape`, but frees `x`. */
function reshaped(x: Tensor, shape: readonly number[]): Tensor {
  const y = reshape(x, shape);
  dispose(x);
  return y;
}

const reshapeAttributes = [floatT, attribute.type('Tshape', 3)];
