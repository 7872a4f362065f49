/** Different networks of a space, drawn at random. */
import { permutation, type Random } from '#core/random';
import { networkKey } from './network-key.js';
import { countNetworks, differentNetworks } from './networks.js';
import { randomDecisions } from './random-decisions.js';
import { close, type Decisions, type Space } from './space.js';

const mostDraws = 1_000_000;
const fewNetworks = 100_000; // enumerated in a second or two
const patience = 20_000; // draws in a row without a new network

/**
 * Draws up to `count` different networks that pass and returns their decisions. It draws uniform decisions and, once
 * these find nothing new in a space of few networks, enumerates its networks in random order, so that none is missed.
 */
export function drawNetworks(
  space: Space,
  random: Random,
  count: number,
  passes: (decisions: Decisions) => boolean = () => true,
): Decisions[] {
  const found = new Map<string, Decisions>();
  const offer = (decisions: Decisions) => {
    const before = found.size;
    if (passes(decisions)) found.set(networkKey(close(space, decisions)), decisions);
    return found.size > before;
  };
  let hasFew: boolean | undefined; // counting may take seconds, so it waits until draws find nothing new
  const areFew = () => {
    hasFew ??= hasFewNetworks(space);
    return hasFew;
  };
  let futile = 0;
  for (let draw = 0; draw < mostDraws && found.size < count && !(futile > patience && areFew()); draw++) {
    futile = offer(randomDecisions(space, random)) ? 0 : futile + 1;
  }
  if (found.size === count || !areFew()) return [...found.values()];
  const all = [...differentNetworks(space)];
  for (const i of permutation(all.length, random)) if (found.size < count) offer(all[i] as Decisions);
  return [...found.values()];
}

function hasFewNetworks(space: Space): boolean {
  const { networks, isExact } = countNetworks(space);
  return isExact && networks <= BigInt(fewNetworks);
}
