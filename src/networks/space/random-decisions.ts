import type { Random } from '#core/random';
import type { Space } from './space.js';

/** Every option of every choice equally likely. */
export function randomDecisions(space: Space, random: Random): number[] {
  return space.choices.map(({ options }) => random.below(options.length));
}
