/** Different networks of a space, drawn at random. */
import { permutation, type Random } from '#core/random';
import { networkKey } from './network-key.js';
import { countNetworks, differentNetworks } from './networks.js';
import { randomDecisions } from './random-decisions.js';
import { close, type Decisions, type Space } from './space.js';

const mostDraws = 1_000_000;
const fewNetworks = 100_000; // so few are gone through one by one in a second or two
const patience = 20_000; // draws that bring nothing new

/**
 * Draws up to `count` different networks that pass: by uniform decisions and, once these bring nothing new in a space of
 * few networks, from its remaining networks in random order. Of few networks all are found.
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
  let hasFew: boolean | undefined; // counting may take seconds: only once draws bring nothing new
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
