import { InvalidArgumentError } from 'commander';

/** Parses different numbers above 0, separated by commas. */
export function positiveNumbers(text: string): readonly number[] {
  const values = text.split(',').map((part) => Number(part.trim() || Number.NaN));
  const areValid = values.every((value) => value > 0 && Number.isFinite(value));
  if (areValid && new Set(values).size === values.length) return values;
  throw new InvalidArgumentError('expected different numbers above 0, separated by commas');
}
