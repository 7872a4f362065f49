import { InvalidArgumentError } from 'commander';
import { parsedResolution, type Resolution, resolutionWhat } from '#networks/space/resolution';
import type { OptionSpec } from './command-spec.js';

export const resolutionOption = {
  flag: '--resolution <pixels>',
  description: 'use this input resolution, a number or HEIGHTxWIDTH',
  parse: resolution,
} as const satisfies OptionSpec;

function resolution(value: string): Resolution {
  const parsed = parsedResolution(value);
  if (parsed === undefined) throw new InvalidArgumentError(`expected ${resolutionWhat}`);
  return parsed;
}
