/** Few architectures of a space that together have each layer that any of its architectures may have. */
import type { Random } from '#core/random';
import { combinations } from '#networks/space/combinations';
import { randomDecisions } from '#networks/space/random-decisions';
import { close, type Decisions, type Space } from '#networks/space/space';
import { layerSignature } from './layers/layer-signature.js';
import { layersOf } from './layers/layers-of.js';
import { placesOf } from './space-parts.js';

const draws = 50; // of which the one with the most new layers is taken

/**
 * Returns the decisions of architectures in which each signature of the space's layers occurs. Greedy: each has a layer
 * that is still missing, is otherwise random, and is the best of 50; so there are few, though not the fewest.
 */
export function coveringNetworks(space: Space, random: Random): Decisions[] {
  const missing = waysTo(space);
  const found: Decisions[] = [];
  for (let [way] = missing.values(); way !== undefined; [way] = missing.values()) {
    const fixed = way;
    const drawn = Array.from({ length: draws }, () => {
      const decisions = randomDecisions(space, random).map((option, id) => fixed[id] ?? option);
      const signatures = new Set(layersOf(close(space, decisions)).map(layerSignature));
      return { decisions, news: [...signatures].filter((signature) => missing.has(signature)) };
    });
    const { decisions, news } = drawn.reduce((best, other) => (other.news.length > best.news.length ? other : best));
    if (news.length === 0) throw new Error(`${space.name}: no architecture has the layer ${[...missing.keys()][0]}`);
    for (const signature of news) missing.delete(signature);
    found.push(decisions);
  }
  return found;
}

/** Returns decisions, by choice, with which a layer of each signature occurs. */
function waysTo(space: Space): Map<string, readonly (number | undefined)[]> {
  const ways = new Map<string, readonly (number | undefined)[]>();
  for (const { guards, choices, layers } of placesOf(space).flatMap(({ parts }) => parts)) {
    for (const decisions of combinations(choices)) {
      const way = [...decisions];
      for (const { choice, option } of guards) way[choice] = option;
      for (const layer of layers(decisions)) ways.set(layerSignature(layer), way);
    }
  }
  return ways;
}
