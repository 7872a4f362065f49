/** The ops of the head. */
import { attribute, dispose, floatConstant, floatT, intConstant, run, type Tensor } from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';

const plain = [floatT];
const reduce = [floatT, attribute.type('Tidx', 3), attribute.bool('keep_dims', true)];
const identity = [floatT];

/** A second handle on the same memory, so that each holder can free its own. */
export function alias(x: Tensor): Tensor {
  return run('Identity', identity, x);
}

/**
 * @param x  [B, H, W, C]
 * @returns  the mean over each map, [B, 1, 1, C]
 */
export function globalAveragePool(tape: Tape, x: Value): Value {
  const [, height, width] = x.tensor.shape as [number, number, number, number];
  const y = run('Mean', reduce, x.tensor, intConstant([1, 2]));
  return tape.result(y, [x], (dy) => {
    const share = run('Mul', plain, dy, floatConstant(1 / (height * width)));
    tape.give(x, run('BroadcastTo', [floatT, attribute.type('Tidx', 3)], share, intConstant(x.tensor.shape)));
    dispose(share);
  });
}

/** x + bias over the last axis: [..., C] and [C]. */
export function biasAdd(tape: Tape, x: Value, bias: Value): Value {
  return tape.result(run('BiasAdd', plain, x.tensor, bias.tensor), [x, bias], (dy) => {
    if (x.needsGradient) tape.give(x, alias(dy));
    if (bias.needsGradient) tape.give(bias, run('BiasAddGrad', plain, dy));
  });
}

/**
 * Each channel times a factor of its own.
 *
 * @param x      [..., C]
 * @param scale  [C]
 */
export function perChannel(tape: Tape, x: Value, scale: Value): Value {
  return times(tape, x, scale, (pull) => (pull.shape.length > 1 ? run('BiasAddGrad', plain, pull) : alias(pull)));
}

/**
 * Each channel of each image times a factor of its own.
 *
 * @param x      [B, H, W, C]
 * @param scale  [B, 1, 1, C]
 */
export function perImageChannel(tape: Tape, x: Value, scale: Value): Value {
  return times(tape, x, scale, (pull) => run('Sum', reduce, pull, intConstant([1, 2])));
}

/** @param summed  the sum of a tensor of x's shape over the entries that share a factor */
function times(tape: Tape, x: Value, scale: Value, summed: (pull: Tensor) => Tensor): Value {
  return tape.result(run('Mul', plain, x.tensor, scale.tensor), [x, scale], (dy) => {
    if (x.needsGradient) tape.give(x, run('Mul', plain, dy, scale.tensor));
    if (!scale.needsGradient) return;
    const pull = run('Mul', plain, dy, x.tensor);
    tape.give(scale, summed(pull));
    dispose(pull);
  });
}

/** x times a mask made outside the tape, such as dropout's; the tape takes the mask over. */
export function masked(tape: Tape, x: Value, mask: Tensor): Value {
  return tape.result(run('Mul', plain, x.tensor, mask), [x], (dy) => tape.give(x, run('Mul', plain, dy, mask)), [mask]);
}
