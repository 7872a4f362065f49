/** What a file with a network's weights holds: names and shapes. */
import type { Architecture } from '#networks/space/space';
import { networkForward, weightLayout } from './network.js';

/** The shape of each tensor that a network's file holds, by name: its weights, and `mean` and `variance` of batch norms. */
export type WeightShapes = ReadonlyMap<string, readonly number[]>;

export function weightShapes(network: Architecture): WeightShapes {
  const { specs } = weightLayout(network, networkForward(network));
  const shapes = new Map<string, readonly number[]>();
  for (const { name, shape } of specs.values()) {
    shapes.set(name, shape);
    if (!name.endsWith('.gamma')) continue;
    const layer = name.slice(0, -'.gamma'.length);
    for (const statistic of ['mean', 'variance']) shapes.set(`${layer}.${statistic}`, shape);
  }
  return shapes;
}
