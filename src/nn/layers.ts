/** A convolution and its batch norm, the unit of which every block is composed. Weights are asked for by name. */
import type { Kernels } from './averaged.js';
import { mean } from './ops/arithmetic.js';
import { conv2d, depthwise } from './ops/convolution.js';
import { pointwise } from './ops/pointwise.js';
import type { Pass } from './pass.js';
import type { Value } from './tape.js';

interface LayerOptions {
  readonly activated: boolean;
}

/** k x k convolution -> BN [-> activation]: [B, H, W, Cin] to [B, ceil(H / stride), ceil(W / stride), out]. */
export function convLayer(
  pass: Pass,
  name: string,
  x: Value,
  { kernels, stride, out, activated }: LayerOptions & { kernels: Kernels; stride: number; out: number },
): Value {
  const branches = [kernels].flat().map((k) => {
    const kernel = pass.weight(`${name}${k}.kernel`, [k, k, channelsOf(x), out], 'he');
    return pass.normalize(`${name}${k}.bn`, conv2d(pass.tape, x, kernel, stride), activated);
  });
  return mean(pass.tape, branches);
}

/** k x k depthwise convolution -> BN [-> activation]; each kernel size has weights of its own, and 0 is the identity. */
export function depthwiseLayer(
  pass: Pass,
  name: string,
  x: Value,
  { kernels, stride, activated }: LayerOptions & { kernels: Kernels; stride: number },
): Value {
  const branches = [kernels].flat().map((k) => {
    if (k === 0) return x;
    const kernel = pass.weight(`${name}${k}.kernel`, [k, k, channelsOf(x), 1], 'heDepthwise');
    return pass.normalize(`${name}${k}.bn`, depthwise(pass.tape, x, kernel, stride), activated);
  });
  return mean(pass.tape, branches);
}

/** 1x1 convolution -> BN [-> activation]: [B, H, W, Cin] to [B, H, W, out]. */
export function pointwiseLayer(
  pass: Pass,
  name: string,
  x: Value,
  { out, activated }: LayerOptions & { out: number },
): Value {
  const kernel = pass.weight(`${name}.kernel`, [channelsOf(x), out], 'he');
  return pass.normalize(`${name}.bn`, pointwise(pass.tape, x, kernel), activated);
}

export function channelsOf(x: Value): number {
  return x.tensor.shape.at(-1) as number;
}
