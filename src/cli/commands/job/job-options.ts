/** Options of every command that writes a search as the jobs of a cluster. */
import { InvalidArgumentError } from 'commander';
import type { OptionSpec } from '#cli/arguments/command-spec';
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
  parse: targets,
  default: [],
} as const satisfies OptionSpec;

function targets(text: string): readonly number[] {
  const values = text.split(',').map((part) => Number(part.trim() || Number.NaN));
  const areTargets = values.every((value) => value > 0 && Number.isFinite(value));
  if (areTargets && new Set(values).size === values.length) return values;
  throw new InvalidArgumentError('expected different numbers above 0, separated by commas');
}
