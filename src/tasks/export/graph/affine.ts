/** Folds a scale and a shift per channel into the weights of the linear map before them. */

import type { Rewriting } from './rewrite.js';
import type { GraphConstant, GraphNode } from './trace-graph.js';

/** y = scale * x + shift for each channel. */
export interface Affine {
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

/** Returns what a node does to each channel of its first input; undefined if it does anything else. */
export function affineOf(
  { op, inputs, attributes, shape }: GraphNode,
  seen: Pick<Rewriting, 'constant'>,
): Affine | undefined {
  const channels = shape.at(-1) as number;
  const given = inputs.slice(1).map((name) => seen.constant(name));
  if (given.some((constant) => `${constant?.shape}` !== `${channels}`)) return undefined; // [C], not a scalar
  const [first, second, mean, variance] = given.map((constant) => [...(constant as GraphConstant).values]);
  switch (op) {
    case 'BiasAdd':
      return { scale: channel(channels, () => 1), shift: first as number[] };
    case 'Mul':
      return { scale: first as number[], shift: channel(channels, () => 0) };
    case 'FusedBatchNormV3': {
      const epsilon = attributes['epsilon'] as number;
      const at = (values: number[] | undefined, c: number) => (values as number[])[c] as number;
      const scale = channel(channels, (c) => at(first, c) / Math.sqrt(at(variance, c) + epsilon));
      return { scale, shift: channel(channels, (c) => at(second, c) - at(mean, c) * (scale[c] as number)) };
    }
    default:
      return undefined;
  }
}

function channel(channels: number, value: (c: number) => number): number[] {
  return Array.from({ length: channels }, (_, c) => value(c));
}

/**
 * Returns the linear map with the scale in its kernel and the shift in its bias, `LAYER.bias` for `LAYER.kernel`,
 * computed in double precision.
 */
export function withAffine(linear: GraphNode, { scale, shift }: Affine, seen: Rewriting): GraphNode {
  const [x, kernelName, biasName = biasBeside(kernelName as string)] = linear.inputs as [string, string, string?];
  const kernel = seen.constant(kernelName as string) as GraphConstant;
  const bias = linear.inputs.length > 2 ? seen.constant(biasName)?.values : undefined;
  const channels = scale.length;
  // i % channels is the output channel: the last axis of [k, k, Cin, Cout] and of [Cin, Cout], C of [k, k, C, 1]
  const values = Float32Array.from(kernel.values, (value, i) => value * (scale[i % channels] as number));
  seen.keep(kernelName as string, { shape: kernel.shape, values });
  const shifted = shift.map((value, c) => value + (bias?.[c] ?? 0) * (scale[c] as number));
  seen.keep(biasName, { shape: [channels], values: Float32Array.from(shifted) });
  return { ...linear, inputs: [x, kernelName as string, biasName] };
}

function biasBeside(kernel: string): string {
  return kernel.replace(/\.kernel$/, '.bias');
}
