/** Batch norm over [B, H, W, C] by TensorFlow's ops, with an optional ReLU after it. */
import { attribute, dispose, floatT, readFloats, runAll, sizeOf, type Tensor, zeros } from '#networks/tensor/backend';
import { batchNormReluKernel, kernelPair } from '#networks/tensor/onednn';
import type { Tape, Value } from '#networks/tensor/tape';
import { relu, reluGradient } from './activation.js';

/** Mean and variance of each channel, [C] each. */
export interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Statistics of one batch as JavaScript values; the variance is unbiased. */
export interface ObservedStatistics {
  /** Values per channel: images times pixels. */
  readonly values: number;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** A batch norm with the batch's statistics or, if given, with frozen ones. */
export interface BatchNorm {
  /** [C]. */
  readonly gamma: Value;
  /** [C]. */
  readonly beta: Value;
  /** Added to the variance. */
  readonly epsilon: number;
  readonly relu: boolean;
  readonly frozen?: Statistics | undefined;
  /** Receives the batch's statistics. */
  readonly observe?: ((batch: ObservedStatistics) => void) | undefined;
}

function kernelsFor(epsilon: number) {
  const common = [floatT, attribute.type('U', 1), attribute.float('epsilon', epsilon)];
  const training = [...common, attribute.bool('is_training', true)];
  return {
    forward: kernelPair('FusedBatchNormV3', training),
    backward: kernelPair('FusedBatchNormGradV3', training),
    withRelu: batchNormReluKernel(training),
    inference: [...common, attribute.bool('is_training', false)],
  };
}

const made = new Map<number, ReturnType<typeof kernelsFor>>();

function kernelsOf(epsilon: number): ReturnType<typeof kernelsFor> {
  const kernels = made.get(epsilon) ?? kernelsFor(epsilon);
  made.set(epsilon, kernels);
  return kernels;
}

/**
 * Normalises x, then applies ReLU where asked for. With frozen statistics the backward pass throws.
 *
 * @param x  [B, H, W, C]
 */
export function batchNorm(tape: Tape, x: Value, norm: BatchNorm): Value {
  return norm.frozen === undefined ? byBatch(tape, x, norm) : byStatistics(tape, x, norm, norm.frozen);
}

function byBatch(tape: Tape, x: Value, { gamma, beta, epsilon, relu: hasRelu, observe }: BatchNorm): Value {
  const empty = zeros([0]); // in place of running statistics: the op uses the batch's
  const kernels = kernelsOf(epsilon);
  const fused = hasRelu ? kernels.withRelu() : undefined;
  const { op, attributes } = fused ?? kernels.forward.fast();
  const inputs = [x.tensor, gamma.tensor, beta.tensor, empty, empty];
  const [normal, mean, variance, savedMean, savedVariance, scratch] = runAll(op, attributes, inputs, 6);
  observe?.({ values: sizeOf(x.tensor.shape.slice(0, -1)), mean: readFloats(mean), variance: readFloats(variance) });
  dispose(mean, variance, scratch);
  const y = hasRelu && fused === undefined ? relu(normal) : normal;
  if (y !== normal) dispose(normal);
  return tape.op(
    [x, gamma, beta],
    y,
    (dy) => {
      const dNormal = hasRelu ? reluGradient(dy, y) : dy;
      const inputs = [dNormal, x.tensor, gamma.tensor, savedMean, savedVariance, empty];
      const kernel = kernels.backward.fast();
      const [dx, dGamma, dBeta, ...unused] = runAll(kernel.op, kernel.attributes, inputs, 5);
      dispose(...unused);
      if (hasRelu) dispose(dNormal);
      return [dx, dGamma, dBeta];
    },
    [savedMean, savedVariance],
  );
}

function byStatistics(tape: Tape, x: Value, { gamma, beta, epsilon, relu: hasRelu }: BatchNorm, by: Statistics): Value {
  const inputs = [x.tensor, gamma.tensor, beta.tensor, by.mean, by.variance];
  const [normal, ...unused] = runAll('FusedBatchNormV3', kernelsOf(epsilon).inference, inputs, 6);
  dispose(...unused);
  const y = hasRelu ? relu(normal) : normal;
  if (y !== normal) dispose(normal);
  return tape.op([x, gamma, beta], y, () => {
    throw new Error('batch norm with frozen statistics has no gradient here');
  });
}
