import type { OptionSpec } from './command-spec.js';

export const rootOption = {
  flag: '--root <folder>',
  description: 'the folder that holds the runs',
  default: 'runs',
} as const satisfies OptionSpec;

/** The same for commands with a config, which may name the folder. */
export const configRootOption = {
  flag: '--root <folder>',
  description: "the folder that holds the runs (default: the config's runs, else runs)",
} as const satisfies OptionSpec;
