/** Weights for measuring time, which does not depend on their values as long as these have ordinary magnitudes. */
import { randomStream } from '#core/random';
import type { NamedTensor } from '#data/files/safetensors';
import { weightShapes } from '#networks/nn/weight-shapes';
import type { Architecture } from '#networks/space/space';
import type { Exported } from '#tasks/export/exporter';

/** Returns a network with stand-in weights, for exporters. */
export function standInNetwork(network: Architecture): Exported {
  return { network, weights: standInWeights(network), params: 0, macs: 0, origin: 'stand-in weights', provenance: {} };
}

/**
 * Returns all weights of a network's file: kernels that keep the variance of their input, norms that are the identity.
 */
export function standInWeights(network: Architecture): Map<string, NamedTensor> {
  return new Map([...weightShapes(network)].map(([name, shape]) => [name, { shape, values: valuesOf(name, shape) }]));
}

function valuesOf(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((n, extent) => n * extent, 1);
  if (/\.(gamma|variance|layerScale)$/.test(name)) return new Float32Array(size).fill(1);
  if (!name.endsWith('.kernel')) return new Float32Array(size);
  const isDepthwise = shape.length === 4 && shape[3] === 1;
  const inputs = isDepthwise ? (shape[0] as number) ** 2 : size / (shape.at(-1) as number);
  return noise(size, Math.sqrt(6 / inputs)); // He et al. 2015 (arXiv:1502.01852), uniform
}

const period = 65_521; // a prime, so that no kernel repeats in step with its shape

/**
 * Returns uniform numbers from -most to most that repeat: drawing each number of a large tensor would take too long.
 */
export function noise(size: number, most: number): Float32Array {
  const values = new Float32Array(size);
  const some = unitNoise();
  for (let i = 0; i < size; i++) values[i] = most * (some[i % period] as number);
  return values;
}

let unit: Float32Array | undefined;

function unitNoise(): Float32Array {
  const random = randomStream('measure/noise');
  unit ??= Float32Array.from({ length: period }, () => 2 * random.uniform() - 1);
  return unit;
}
