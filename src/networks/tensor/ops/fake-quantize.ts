/**
 * Rounding to the steps of int8 whose gradient passes as if nothing were rounded, the straight-through estimator (Bengio
 * et al. 2013, arXiv:1308.3432; Jacob et al. 2018, arXiv:1712.05877).
 */
import { attribute, dispose, floatT, intConstant, run, type Tensor } from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';
import { alias } from './arithmetic.js';
import { reshape } from './pointwise.js';

const bits = attribute.int('num_bits', 8);
const widely = [bits, attribute.bool('narrow_range', false)];
const narrowly = [bits, attribute.bool('narrow_range', true)]; // without -128
const plain = [floatT];
const reduce = [floatT, attribute.type('Tidx', 3), attribute.bool('keep_dims', false)];

/**
 * Returns an op that rounds values to 256 steps from `min` to `max`, one of which is 0; values beyond are clipped and pass
 * no gradient. Make it once, outside the hot path.
 */
export function fakeQuantizer({ min, max }: { readonly min: number; readonly max: number }) {
  const attributes = [attribute.float('min', min), attribute.float('max', max), ...widely];
  return (tape: Tape, x: Value): Value => {
    const y = run('FakeQuantWithMinMaxArgs', attributes, x.tensor);
    return tape.op([x], y, (dy) => [run('FakeQuantWithMinMaxArgsGradient', attributes, dy, x.tensor)]);
  };
}

/**
 * Weights rounded to 255 steps for each output channel, whose largest absolute weight is a step.
 *
 * @param kernel  [..., channels], or [height, width, channels, 1] of a depthwise layer
 */
export function fakeQuantizedKernel(tape: Tape, kernel: Value): Value {
  const { shape } = kernel.tensor;
  const channels = shape.at(-1) === 1 && shape.length === 4 ? (shape[2] as number) : (shape.at(-1) as number);
  const rows = reshape(kernel.tensor, [-1, channels]);
  const most = largestOfColumns(rows);
  const least = run('Neg', plain, most);
  const rounded = run('FakeQuantWithMinMaxVarsPerChannel', narrowly, rows, least, most);
  const y = reshape(rounded, shape);
  dispose(rows, most, least, rounded);
  return tape.op([kernel], y, (dy) => [alias(dy)]);
}

function largestOfColumns(rows: Tensor): Tensor {
  const sizes = run('Abs', plain, rows);
  const most = run('Max', reduce, sizes, intConstant([0]));
  dispose(sizes);
  return most;
}
