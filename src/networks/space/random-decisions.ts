import type { Random } from '#core/random';
import type { Space } from './space.js';

/** Draws decisions in which all options of a choice are equally likely. */
export function randomDecisions(space: Space, random: Random): number[] {
  return space.choices.map(({ options }) => random.below(options.length));
}
