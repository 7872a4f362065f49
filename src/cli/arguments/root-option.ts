import type { OptionSpec } from './command-spec.js';

export const rootOption = {
  flag: '--root <folder>',
  description: 'the folder that holds the runs',
  default: 'runs',
} as const satisfies OptionSpec;
