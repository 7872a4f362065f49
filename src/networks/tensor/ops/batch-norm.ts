/** Batch norm over [B, H, W, C] by TensorFlow's ops, with the ReLU behind it where there is one. */
import { attribute, backend, dispose, floatT, readFloats, type Tensor } from '#networks/tensor/backend';
import { batchNormReluKernel, kernelPair } from '#networks/tensor/onednn';
import type { Tape, Value } from '#networks/tensor/tape';
import { relu, reluGradient } from './activation.js';

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

/** A batch norm, by the batch's own statistics or, where there are any, by frozen ones. */
export interface BatchNorm {
  /** [C]. */
  readonly gamma: Value;
  /** [C]. */
  readonly beta: Value;
  /** What is added to the variance. */
  readonly epsilon: number;
  readonly relu: boolean;
  readonly frozen?: Statistics | undefined;
  /** Sees the batch's statistics. */
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

/** Output, batch mean and variance, the same two saved for the way back, and a scratch that nothing here needs. */
type SixTensors = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

/**
 * Normalised, then activated where there is a ReLU. Frozen statistics have no way back.
 *
 * @param x  [B, H, W, C]
 */
export function batchNorm(tape: Tape, x: Value, norm: BatchNorm): Value {
  return norm.frozen === undefined ? byBatch(tape, x, norm) : byStatistics(tape, x, norm, norm.frozen);
}

function byBatch(tape: Tape, x: Value, { gamma, beta, epsilon, relu: hasRelu, observe }: BatchNorm): Value {
  const empty = emptyStatistics();
  const kernels = kernelsOf(epsilon);
  const fused = hasRelu ? kernels.withRelu() : undefined;
  const { op, attributes } = fused ?? kernels.forward.fast();
  const outputs = backend().run(op, attributes, [x.tensor, gamma.tensor, beta.tensor, empty, empty], 6);
  const [normal, mean, variance, savedMean, savedVariance, scratch] = outputs as SixTensors;
  observe?.({ mean: readFloats(mean), variance: readFloats(variance) });
  dispose(mean, variance, scratch);
  const y = hasRelu && fused === undefined ? relu(normal) : normal;
  if (y !== normal) dispose(normal);
  return tape.result(
    y,
    [x, gamma, beta],
    (dy) => {
      const dNormal = hasRelu ? reluGradient(dy, y) : dy;
      const inputs = [dNormal, x.tensor, gamma.tensor, savedMean, savedVariance, empty];
      const kernel = kernels.backward.fast();
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
}

function byStatistics(tape: Tape, x: Value, { gamma, beta, epsilon, relu: hasRelu }: BatchNorm, by: Statistics): Value {
  const inputs = [x.tensor, gamma.tensor, beta.tensor, by.mean, by.variance];
  const outputs = backend().run('FusedBatchNormV3', kernelsOf(epsilon).inference, inputs, 6);
  const [normal, ...unused] = outputs as [Tensor, ...Tensor[]];
  dispose(...unused);
  const y = hasRelu ? relu(normal) : normal;
  if (y !== normal) dispose(normal);
  return tape.result(y, [x, gamma, beta], () => {
    throw new Error('batch norm with frozen statistics has no gradient here');
  });
}

let empty: Tensor | undefined;
/** What the op takes for the running statistics when it is to use the batch's. */
function emptyStatistics(): Tensor {
  empty ??= backend().create(new Float32Array(0), [0]);
  return empty;
}
