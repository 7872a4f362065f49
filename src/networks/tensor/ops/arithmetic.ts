/** Pooling, bias, sums and products, scaling by channel, and masks. */
import {
  attribute,
  dispose,
  floatConstant,
  floatT,
  intConstant,
  run,
  type Shape,
  type Tensor,
  typeOf,
} from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';

const plain = [floatT];
const reduce = [floatT, attribute.type('Tidx', 3), attribute.bool('keep_dims', true)];
const reshapeAttributes = [floatT, attribute.type('Tshape', 3)];
/** A second handle to the same memory, so that each holder can free its handle. */
export function alias(x: Tensor): Tensor {
  return run('Identity', [typeOf(x)], x);
}

/**
 * @param x  [B, H, W, C]
 * @returns  the mean over each map, [B, 1, 1, C]
 */
export function globalAveragePool(tape: Tape, x: Value): Value {
  const [, height, width] = x.tensor.shape as [number, number, number, number];
  const y = run('Mean', reduce, x.tensor, intConstant([1, 2]));
  return tape.op([x], y, function* (dy) {
    const share = run('Mul', plain, dy, floatConstant(1 / (height * width)));
    yield run('BroadcastTo', [floatT, attribute.type('Tidx', 3)], share, intConstant(x.tensor.shape));
    dispose(share);
  });
}

/** x + bias over the last axis: [..., C] and [C]. */
export function biasAdd(tape: Tape, x: Value, bias: Value): Value {
  const y = run('BiasAdd', plain, x.tensor, bias.tensor);
  return tape.op([x, bias], y, function* (dy, [wantsX, wantsBias]) {
    yield wantsX && alias(dy);
    yield wantsBias && run('BiasAddGrad', plain, dy);
  });
}

/**
 * Scales each channel by its own factor.
 *
 * @param x      [..., C]
 * @param scale  [C]
 */
export function perChannel(tape: Tape, x: Value, scale: Value): Value {
  return times(tape, x, scale, (pull) => (pull.shape.length > 1 ? run('BiasAddGrad', plain, pull) : alias(pull)));
}

/**
 * Scales each channel of each image by its own factor.
 *
 * @param x      [B, H, W, C]
 * @param scale  [B, 1, 1, C]
 */
export function perImageChannel(tape: Tape, x: Value, scale: Value): Value {
  return times(tape, x, scale, (pull) => run('Sum', reduce, pull, intConstant([1, 2])));
}

/**
 * x times scale, broadcast to the shape of x.
 *
 * @param summed  sums a tensor of x's shape over the entries that share a factor
 */
function times(tape: Tape, x: Value, scale: Value, summed: (pull: Tensor) => Tensor): Value {
  const y = run('Mul', plain, x.tensor, scale.tensor);
  return tape.op([x, scale], y, function* (dy, [wantsX, wantsScale]) {
    yield wantsX && run('Mul', plain, dy, scale.tensor);
    if (!wantsScale) return;
    const pull = run('Mul', plain, dy, x.tensor);
    yield summed(pull);
    dispose(pull);
  });
}

/** a times b, either of which may be broadcast. */
export function product(tape: Tape, a: Value, b: Value): Value {
  return tape.op([a, b], run('Mul', plain, a.tensor, b.tensor), function* (dy, [wantsA, wantsB]) {
    yield wantsA && summedTo(a.tensor.shape, run('Mul', plain, dy, b.tensor));
    yield wantsB && summedTo(b.tensor.shape, run('Mul', plain, dy, a.tensor));
  });
}

/** a plus b, either of which may be broadcast. */
export function sum(tape: Tape, a: Value, b: Value): Value {
  return tape.op([a, b], run('AddV2', plain, a.tensor, b.tensor), function* (dy, [wantsA, wantsB]) {
    yield wantsA && summedTo(a.tensor.shape, alias(dy));
    yield wantsB && summedTo(b.tensor.shape, alias(dy));
  });
}

/** The sum of x over the entries that broadcasting made of one entry of `shape`; frees x. */
function summedTo(shape: Shape, x: Tensor): Tensor {
  const added = x.shape.length - shape.length;
  const axes = [...x.shape.keys()].filter((axis) => axis < added || shape[axis - added] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const sums = run('Sum', reduce, x, intConstant(axes));
  const result = run('Reshape', reshapeAttributes, sums, intConstant(shape));
  dispose(x, sums);
  return result;
}

/** x times a mask made outside the tape, such as dropout's; the tape owns the mask from here on. */
export function masked(tape: Tape, x: Value, mask: Tensor): Value {
  return tape.op([x], run('Mul', plain, x.tensor, mask), (dy) => [run('Mul', plain, dy, mask)], [mask]);
}
