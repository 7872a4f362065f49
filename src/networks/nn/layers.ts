/** Convolutions with their batch norm, the units of every block. Weights are requested by name. */

import { biasAdd } from '#networks/tensor/ops/arithmetic';
import { materialized, mean } from '#networks/tensor/ops/combine';
import { conv2d, depthwise, windowOf } from '#networks/tensor/ops/convolution';
import { fusedBatchNorm, fusedConvolution, fusedPointwise } from '#networks/tensor/ops/fused';
import { pointwise } from '#networks/tensor/ops/pointwise';
import type { Features, Value } from '#networks/tensor/tape';
import type { KernelSizes } from './mixed-block.js';
import type { Normalization, Pass } from './pass.js';
import type { Initializer } from './weight-layout.js';

type LayerOptions = Omit<Normalization, 'channels'>;

/** k x k convolution -> BN [-> activation]: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function convLayer(
  pass: Pass,
  name: string,
  x: Features,
  { kernels, stride, out, ...how }: LayerOptions & { kernels: KernelSizes; stride: number; out: number },
): Features {
  const { tape, padding } = pass;
  const branches = [kernels].flat().map((k) => {
    const kernel = pass.weight(`${name}${k}.kernel`, [k, k, channelsOf(x), out], 'he');
    const convolved = () => conv2d(tape, materialized(tape, x), kernel, stride, padding);
    return pass.normalized(`${name}${k}.bn`, { channels: out, ...how }, convolved, (norm) => {
      const window = windowOf(x.tensor.shape, k, stride, padding);
      return (
        fusedConvolution(tape, 'Convolution', x, kernel, stride, window, norm) ?? fusedBatchNorm(tape, convolved, norm)
      );
    });
  });
  return mean(tape, branches);
}

/**
 * k x k depthwise convolution -> BN [-> activation]; each kernel size has its own weights, and 0 is the identity.
 */
export function depthwiseLayer(
  pass: Pass,
  name: string,
  x: Features,
  { kernels, stride, ...how }: LayerOptions & { kernels: KernelSizes; stride: number },
): Features {
  const { tape, padding } = pass;
  const channels = channelsOf(x);
  const branches = [kernels].flat().map((k) => {
    if (k === 0) return x;
    const kernel = pass.weight(`${name}${k}.kernel`, [k, k, channels, 1], 'heDepthwise');
    return pass.normalized(
      `${name}${k}.bn`,
      { channels, ...how },
      () => depthwise(tape, materialized(tape, x), kernel, stride, padding),
      (norm) =>
        fusedConvolution(tape, 'Depthwise', x, kernel, stride, windowOf(x.tensor.shape, k, stride, padding), norm),
    );
  });
  return mean(tape, branches);
}

/** 1x1 convolution -> BN [-> activation]: [B, H, W, Cin] to [B, H, W, out]. */
export function pointwiseLayer(
  pass: Pass,
  name: string,
  x: Features,
  { out, ...how }: LayerOptions & { out: number },
): Features {
  const { tape } = pass;
  const kernel = pass.weight(`${name}.kernel`, [channelsOf(x), out], 'he');
  return pass.normalized(
    `${name}.bn`,
    { channels: out, ...how },
    () => pointwise(tape, materialized(tape, x), kernel),
    (norm) => fusedPointwise(tape, x, kernel, norm),
  );
}

/** 1x1 convolution with a bias and no BN: [..., Cin] to [..., out]. */
export function biasedLayer(pass: Pass, name: string, x: Value, out: number, initializer: Initializer): Value {
  const kernel = pass.weight(`${name}.kernel`, [channelsOf(x), out], initializer);
  const bias = pass.weight(`${name}.bias`, [out], 'zero');
  return biasAdd(pass.tape, pointwise(pass.tape, x, kernel), bias);
}

/** BN alone: [B, H, W, C], shape unchanged. */
export function normLayer(pass: Pass, name: string, x: Value): Value {
  const { tape } = pass;
  const how = { channels: channelsOf(x), activation: 'none' } as const;
  return materialized(
    tape,
    pass.normalized(
      name,
      how,
      () => x,
      (norm) => fusedBatchNorm(tape, () => x, norm),
    ),
  );
}

/** Layer scale of a block's output, [out]; undefined where the network has none. */
export function layerScale(pass: Pass, name: string, out: number): Value | undefined {
  return pass.layerScale ? pass.weight(`${name}.layerScale`, [out], 'layerScale') : undefined;
}

export function channelsOf(x: Features): number {
  return x.tensor.shape.at(-1) as number;
}
