/** Batch norm over [B, H, W, C], epsilon 1e-3, with the activation behind it where there is one. */
import { attribute, backend, dispose, floatT, readFloats, type Tensor } from '../backend.js';
import { batchNormReluKernel, kernelPair } from '../kernels.js';
import type { Tape, Value } from '../tape.js';
import { gelu, relu, reluGradient } from './activation.js';

export const epsilon = 1e-3; // TuNAS and MobileNetV4, released code
const common = [floatT, attribute.type('U', 1), attribute.float('epsilon', epsilon)];
const training = [...common, attribute.bool('is_training', true)];
const forwardKernel = kernelPair('FusedBatchNormV3', training);
const gradientKernel = kernelPair('FusedBatchNormGradV3', training);
const reluKernel = batchNormReluKernel(training);

/** Output, batch mean and variance, the same two saved for the way back, and a scratch that nothing here needs. */
type SixTensors = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
const inference = [...common, attribute.bool('is_training', false)];

export type BatchNormActivation = 'relu' | 'gelu' | 'none';

/** Mean and variance of each channel, [C] each. */
export interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** The same of a batch, as values; the variance is the unbiased one. */
export interface ObservedStatistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/**
 * Normalised by the batch's own statistics, then activated.
 *
 * @param x        [B, H, W, C]
 * @param gamma    [C]
 * @param beta     [C]
 * @param observe  sees the batch's statistics
 */
export function batchNorm(
  tape: Tape,
  x: Value,
  gamma: Value,
  beta: Value,
  activation: BatchNormActivation,
  observe?: (batch: ObservedStatistics) => void,
): Value {
  const empty = emptyStatistics();
  const fused = activation === 'relu' ? reluKernel() : undefined;
  const { op, attributes } = fused ?? forwardKernel.fast();
  const outputs = backend().run(op, attributes, [x.tensor, gamma.tensor, beta.tensor, empty, empty], 6);
  const [normal, mean, variance, savedMean, savedVariance, scratch] = outputs as SixTensors;
  observe?.({ mean: readFloats(mean), variance: readFloats(variance) });
  dispose(mean, variance, scratch);
  const hasRelu = activation === 'relu';
  const y = hasRelu && fused === undefined ? relu(normal) : normal;
  if (y !== normal) dispose(normal);
  const output = tape.result(
    y,
    [x, gamma, beta],
    (dy) => {
      const dNormal = hasRelu ? reluGradient(dy, y) : dy;
      const inputs = [dNormal, x.tensor, gamma.tensor, savedMean, savedVariance, empty];
      const kernel = gradientKernel.fast();
      const gradients = backend().run(kernel.op, kernel.attributes, inputs, 5);
      const [dx, dGamma, dBeta, ...unused] = gradients as [Tensor, Tensor, Tensor, Tensor, Tensor];
      dispose(...unused);
      if (hasRelu) dispose(dNormal);
      for (const [value, gradient] of [
        [x, dx],
        [gamma, dGamma],
        [beta, dBeta],
      ] as const) {
        if (value.needsGradient) tape.give(value, gradient);
        else dispose(gradient);
      }
    },
    [savedMean, savedVariance],
  );
  return activation === 'gelu' ? gelu(tape, output) : output;
}

/** Normalised by given statistics, then activated; forward only. */
export function frozenBatchNorm(
  tape: Tape,
  x: Value,
  gamma: Value,
  beta: Value,
  activation: BatchNormActivation,
  { mean, variance }: Statistics,
): Value {
  const inputs = [x.tensor, gamma.tensor, beta.tensor, mean, variance];
  const [normal, ...unused] = backend().run('FusedBatchNormV3', inference, inputs, 6) as [Tensor, ...Tensor[]];
  dispose(...unused);
  const noWayBack = () => {
    throw new Error('batch norm with frozen statistics has no gradient here');
  };
  if (activation === 'gelu') return gelu(tape, tape.result(normal, [], noWayBack));
  if (activation === 'none') return tape.result(normal, [], noWayBack);
  const y = relu(normal);
  dispose(normal);
  return tape.result(y, [], noWayBack);
}

let empty: Tensor | undefined;
/** What the op takes for the running statistics when it is to use the batch's. */
function emptyStatistics(): Tensor {
  empty ??= backend().create(new Float32Array(0), [0]);
  return empty;
}
