/** What a network computes, layer by layer, as its costs see it: told apart without the code that tells networks apart. */
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
