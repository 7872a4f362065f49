/** Durations on the command line. */
import { InvalidArgumentError } from 'commander';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses a duration such as `90m`, `12h` or `30d` to milliseconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('expected minutes, hours or days such as 90m, 12h or 30d');
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}
