/** The weights of a network that computes what its graph with folded batch norm does. */
import type { NamedTensor } from '#data/files/safetensors';
import { layerWith } from '#networks/nn/batch-norm-names';
import { weightShapes } from '#networks/nn/weight-shapes';
import { type Architecture, conventionsOf } from '#networks/space/space';
import { sizeOf } from '#networks/tensor/backend';

/**
 * Returns a network's weights and statistics: the graph's kernels, and batch norms that only add its biases, with mean 0
 * and variance 1.
 *
 * @param constants  kernels and biases of the graph by name, as `quantizable-form.ts` names them
 */
export function networkTensors(
  network: Architecture,
  constants: ReadonlyMap<string, NamedTensor>,
): Map<string, NamedTensor> {
  const one = Math.sqrt(1 + conventionsOf(network).batchNormEpsilon);
  const filled = (size: number, value: number) => new Float32Array(size).fill(value);
  const values = (name: string, size: number): Float32Array => {
    const [gamma, beta] = [layerWith('gamma', name), layerWith('beta', name)];
    if (gamma !== undefined)
      return inLayer(constants, gamma, 'kernel')?.values.map((factor) => factor * one) ?? filled(size, one);
    if (beta !== undefined) return biasOf(constants, beta)?.values ?? filled(size, 0);
    if (layerWith('mean', name) !== undefined) return filled(size, 0);
    return constants.get(name)?.values ?? filled(size, 1); // a variance, or a layer scale that a kernel has taken in
  };
  const tensors = [...weightShapes(network)].map(([name, shape]) => {
    return [name, { shape, values: values(name, sizeOf(shape)) }] as const;
  });
  return new Map(tensors);
}

/**
 * Returns the bias that took in the shift of a batch norm: that of the linear map before it, or of the 1x1 depthwise layer
 * that stands for it.
 */
function biasOf(constants: ReadonlyMap<string, NamedTensor>, norm: string): NamedTensor | undefined {
  return constants.get(norm.replace(/\.bn$/, '.bias')) ?? inLayer(constants, norm, 'bias');
}

/** A constant of the 1x1 depthwise layer that stands for a batch norm without a linear map before it. */
function inLayer(
  constants: ReadonlyMap<string, NamedTensor>,
  norm: string,
  part: 'kernel' | 'bias',
): NamedTensor | undefined {
  const name = [...constants.keys()].find((one) => one.startsWith(`${norm}/`) && one.endsWith(`.${part}`));
  return name === undefined ? undefined : constants.get(name);
}
