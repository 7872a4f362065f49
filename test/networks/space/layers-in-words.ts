/** Text of a network's layers from the cost model, which tells networks apart without the code under test. */
import { layersOf } from '#networks/cost/layers/layers-of';
import type { Architecture } from '#networks/space/space';

export function layersInWords(network: Architecture): string {
  const layers = layersOf(network).map(({ name, ...layer }) => ({ ...layer, name: name.replace(/^.*\]/, '') }));
  const blocks = network.stages.flatMap((stage) => stage.blocks);
  const others = blocks.map((block) => [
    block.kind,
    'activation' in block ? (block.activation ?? network.activation) : network.activation,
  ]);
  return JSON.stringify([layers, others]);
}
