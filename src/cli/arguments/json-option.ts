import type { OptionSpec } from './command-spec.js';

export const jsonOption = {
  flag: '--json',
  description: 'print the result as one JSON document',
} as const satisfies OptionSpec;
