/** Options of every command that writes a search as the jobs of a cluster. */
import type { OptionSpec } from '#cli/arguments/command-spec';
import { positiveNumbers } from '#cli/arguments/positive-numbers';
import { wholeNumber } from '#cli/arguments/whole-number';

export const seedsOption = {
  flag: '--seeds <n>',
  description: "number of seeds, counted up from the config's",
  parse: wholeNumber(1, 1000),
  default: 1,
} as const satisfies OptionSpec;

export const targetsOption = {
  flag: '--targets <values>',
  description: "targets of the config's first cost, separated by commas (default: the config's)",
  parse: positiveNumbers,
  default: [],
} as const satisfies OptionSpec;
