/** A convolution and its batch norm, the unit of which every block is composed. Weights are asked for by name. */
import type { Kernels } from './averaged.js';
import { mean, settled } from './ops/combine.js';
import { conv2d, depthwise, windowOf } from './ops/convolution.js';
import { fusedBatchNorm, fusedConvolution, fusedPointwise } from './ops/fused.js';
import { pointwise } from './ops/pointwise.js';
import type { Pass } from './pass.js';
import type { Features } from './tape.js';

interface LayerOptions {
  readonly activated: boolean;
}

/** k x k convolution -> BN [-> activation]: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function convLayer(
  pass: Pass,
  name: string,
  x: Features,
  { kernels, stride, out, activated }: LayerOptions & { kernels: Kernels; stride: number; out: number },
): Features {
  const { tape } = pass;
  const branches = [kernels].flat().map((k) => {
    const kernel = pass.weight(`${name}${k}.kernel`, [k, k, channelsOf(x), out], 'he');
    const convolved = () => conv2d(tape, settled(tape, x), kernel, stride);
    return pass.normalized(`${name}${k}.bn`, out, activated, convolved, (norm) => {
      const window = windowOf(x.tensor.shape, k, stride, 'SAME');
      return (
        fusedConvolution(tape, 'Convolution', x, kernel, stride, window, norm) ?? fusedBatchNorm(tape, convolved, norm)
      );
    });
  });
  return mean(tape, branches);
}

/** k x k depthwise convolution -> BN [-> activation]; each kernel size has weights of its own, and 0 is the identity. */
export function depthwiseLayer(
  pass: Pass,
  name: string,
  x: Features,
  { kernels, stride, activated }: LayerOptions & { kernels: Kernels; stride: number },
): Features {
  const { tape } = pass;
  const channels = channelsOf(x);
  const branches = [kernels].flat().map((k) => {
    if (k === 0) return x;
    const kernel = pass.weight(`${name}${k}.kernel`, [k, k, channels, 1], 'heDepthwise');
    return pass.normalized(
      `${name}${k}.bn`,
      channels,
      activated,
      () => depthwise(tape, settled(tape, x), kernel, stride),
      (norm) =>
        fusedConvolution(tape, 'Depthwise', x, kernel, stride, windowOf(x.tensor.shape, k, stride, 'SAME'), norm),
    );
  });
  return mean(tape, branches);
}

/** 1x1 convolution -> BN [-> activation]: [B, H, W, Cin] to [B, H, W, out]. */
export function pointwiseLayer(
  pass: Pass,
  name: string,
  x: Features,
  { out, activated }: LayerOptions & { out: number },
): Features {
  const { tape } = pass;
  const kernel = pass.weight(`${name}.kernel`, [channelsOf(x), out], 'he');
  return pass.normalized(
    `${name}.bn`,
    out,
    activated,
    () => pointwise(tape, settled(tape, x), kernel),
    (norm) => fusedPointwise(tape, x, kernel, norm),
  );
}

export function channelsOf(x: Features): number {
  return x.tensor.shape.at(-1) as number;
}
