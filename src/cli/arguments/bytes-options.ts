import { InvalidArgumentError } from 'commander';
import type { OptionSpec } from './command-spec.js';

/** Options that say how many bytes a value takes. */
export const bytesOptions = [
  {
    flag: '--bytes-per-weight <n>',
    description: 'bytes of a weight: 1 for int8, 2 for float16',
    parse: bytes,
    default: 1,
  },
  { flag: '--bytes-per-activation <n>', description: 'bytes of an activation', parse: bytes, default: 1 },
] as const satisfies readonly OptionSpec[];

function bytes(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number > 0 && number <= 64)) {
    throw new InvalidArgumentError('expected a number of bytes > 0, at most 64.');
  }
  return number;
}
