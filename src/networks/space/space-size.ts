/** The number of ways to decide a space. */
import { type Choice, isChoice, type Space } from './space.js';
import { walkChoices } from './walk-choices.js';

/**
 * Counts the ways to decide a space; choices inside a skipped or unpicked block do not multiply. Several ways may yield
 * one network: see `countNetworks`.
 */
export function spaceSize(space: Space): bigint {
  let size = 1n;
  let shared: Choice<number> | undefined;
  walkChoices(space, {
    sharedOut(choice) {
      shared = choice;
      size *= ways([choice]);
    },
    slot({ slot: { use }, fillings }) {
      const filled = fillings.reduce((n, { choices }) => n + ways(choices.filter((choice) => choice !== shared)), 0n);
      size *= isChoice(use) ? filled + 1n : filled;
    },
    head({ choices }) {
      size *= ways(choices);
    },
  });
  return size;
}

function ways(choices: readonly Choice[]): bigint {
  return choices.reduce((n, { options }) => n * BigInt(options.length), 1n);
}
