/** Names and shapes of the tensors in a network's weight file. */
import type { Architecture } from '#networks/space/space';
import { batchNormName, layerWith } from './batch-norm-names.js';
import { networkForward, weightLayout } from './network.js';

/**
 * The shape of each tensor that a network's file holds, by name: its weights, and `mean` and `variance` of batch norms.
 */
export type WeightShapes = ReadonlyMap<string, readonly number[]>;

export function weightShapes(network: Architecture): WeightShapes {
  const { specs } = weightLayout(network, networkForward(network));
  const shapes = new Map<string, readonly number[]>();
  for (const { name, shape } of specs.values()) {
    shapes.set(name, shape);
    const layer = layerWith('gamma', name);
    if (layer === undefined) continue;
    for (const statistic of ['mean', 'variance'] as const) shapes.set(batchNormName(layer, statistic), shape);
  }
  return shapes;
}
