import { InvalidArgumentError } from 'commander';

/** Returns a parser of whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const isWithin = /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
    if (!isWithin) throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return Number(value);
  };
}
