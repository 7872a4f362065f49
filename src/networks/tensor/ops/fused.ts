/**
 * Layers by our own kernels: a linear op whose input may have a deferred batch norm, and whose own batch norm is
 * deferred. Each function returns undefined where none of our kernels applies.
 */
import {
  attribute,
  dispose,
  floatConstant,
  floatT,
  readFloats,
  run,
  sizeOf,
  type Tensor,
} from '#networks/tensor/backend';
import { type CustomOp, isCustom, noNorm, runCustom } from '#networks/tensor/custom-ops';
import {
  type DeferredNorm,
  type Features,
  parametersOf,
  type Tape,
  type Unnormalized,
  type Value,
} from '#networks/tensor/tape';
import type { OpAttribute } from '#networks/tensor/tensorflow';
import { alias } from './arithmetic.js';
import type { BatchNorm, ObservedStatistics, Statistics } from './batch-norm.js';
import type { Window } from './convolution.js';
import { stored } from './half.js';

/**
 * 1x1 convolution with its batch norm deferred.
 *
 * @param x       [..., Cin]
 * @param kernel  [Cin, Cout]
 */
export function fusedPointwise(tape: Tape, x: Features, kernel: Value, norm: BatchNorm): Unnormalized | undefined {
  if (!isCustom('Pointwise', x.tensor.shape, kernel.tensor.shape)) return undefined;
  return layer(tape, 'Pointwise', stored(tape, x), kernel, norm, []);
}

/**
 * Dense or depthwise convolution with its batch norm deferred.
 *
 * @param x       [B, H, W, C]
 * @param kernel  [k, k, C, Cout] of a dense convolution, [k, k, C, 1] of a depthwise one
 */
export function fusedConvolution(
  tape: Tape,
  op: 'Convolution' | 'Depthwise',
  x: Features,
  kernel: Value,
  stride: number,
  { before, out }: Window,
  norm: BatchNorm,
): Unnormalized | undefined {
  if (!isCustom(op, x.tensor.shape, kernel.tensor.shape, x.needsGradient)) return undefined;
  const window = attribute.int('window', [stride, ...before, ...out]);
  return layer(tape, op, stored(tape, x), kernel, norm, [window]);
}

/**
 * Output of a TensorFlow op with its batch norm deferred.
 *
 * @param linear  returns [..., C]; called only where our kernel applies
 */
export function fusedBatchNorm(tape: Tape, linear: () => Value, by: BatchNorm): Unnormalized | undefined {
  const { gamma, beta, epsilon } = by;
  if (!isCustom('BatchNorm', gamma.tensor.shape)) return undefined;
  const z = stored(tape, linear());
  const inputs = [z.tensor, gamma.tensor, beta.tensor];
  const [own] = runCustom('BatchNorm', [attribute.float('epsilon', epsilon)], inputs, 1);
  const tensor = alias(z.tensor);
  const deferredNorm = deferredBy(by, own, tensor);
  return tape.deferred([z], tensor, deferredNorm, (d) => {
    const attributes = [attribute.int('relu', Number(deferredNorm.relu))];
    return runCustom('BatchNormGrad', attributes, [d, tensor, deferredNorm.norm, ...parameterGradients(by)], 1);
  });
}

function layer(
  tape: Tape,
  op: CustomOp & ('Pointwise' | 'Convolution' | 'Depthwise'),
  x: Features,
  kernel: Value,
  by: BatchNorm,
  sizes: readonly OpAttribute[],
): Unnormalized {
  const { gamma, beta, epsilon } = by;
  const input = [x.tensor, x.deferredNorm?.norm ?? noNorm(), kernel.tensor];
  const attributes = [attribute.int('x_relu', Number(x.deferredNorm?.relu ?? false)), ...sizes];
  const forward = [...attributes, attribute.float('epsilon', epsilon)];
  const [z, own] = runCustom(op, forward, [...input, gamma.tensor, beta.tensor], 2);
  const deferredNorm = deferredBy(by, own, z);
  return tape.deferred([kernel, x, ...parametersOf(x)], z, deferredNorm, (d, [, wantsX]) => {
    const own = [d, z, deferredNorm.norm, ...parameterGradients(by)];
    const [relu, goesBack] = [Number(deferredNorm.relu), Number(wantsX)];
    const backward = [...attributes, attribute.int('relu', relu), attribute.int('goes_back', goesBack)];
    const [dx, dKernel, dGamma, dBeta] = runCustom(`${op}Grad`, backward, [...own, ...input], 4);
    return [dKernel, dx, dGamma, dBeta];
  });
}

/**
 * The deferred norm of z, by the batch's statistics or by frozen ones.
 *
 * @param own  norm [4, C] by the batch's statistics; owned by this function, which returns or frees it
 */
function deferredBy(by: BatchNorm, own: Tensor, z: Tensor): DeferredNorm {
  const { gamma, beta, relu, frozen } = by;
  by.observe?.(statisticsOf(own, sizeOf(z.shape), by.epsilon));
  if (frozen === undefined) return { norm: own, relu, gamma, beta };
  dispose(own);
  return { norm: normBy(frozen, by), relu, gamma, beta };
}

/** Statistics of a batch of `numbers` values over all channels, from its norm [4, C]: mean, 1 / deviation, scale, shift. */
function statisticsOf(norm: Tensor, numbers: number, epsilon: number): ObservedStatistics {
  const rows = readFloats(norm);
  const channels = rows.length / 4;
  const values = numbers / channels;
  const unbiased = values / Math.max(1, values - 1);
  const variance = rows.slice(channels, 2 * channels).map((rstd) => unbiased * Math.max(0, 1 / rstd ** 2 - epsilon));
  return { values, mean: rows.slice(0, channels), variance };
}

/** The norm [4, C] from given statistics. */
function normBy({ mean, variance }: Statistics, { gamma, beta, epsilon }: BatchNorm): Tensor {
  const above = run('AddV2', [floatT], variance, floatConstant(epsilon));
  const rstd = run('Rsqrt', [floatT], above);
  const scale = run('Mul', [floatT], gamma.tensor, rstd);
  const moved = run('Mul', [floatT], mean, scale);
  const shift = run('Sub', [floatT], beta.tensor, moved);
  const norm = run('Pack', [floatT, attribute.int('N', 4)], mean, rstd, scale, shift);
  dispose(above, rstd, scale, moved, shift);
  return norm;
}

/**
 * Gradients of gamma and beta from the readers of a layer's output; the backward pass hands them to the weights later.
 */
function parameterGradients({ gamma, beta, frozen }: BatchNorm): [Tensor, Tensor] {
  if (frozen !== undefined) throw new Error('batch norm with frozen statistics has no gradient here');
  if (gamma.gradient === undefined || beta.gradient === undefined) throw new Error('no op has read the layer');
  return [gamma.gradient, beta.gradient];
}
