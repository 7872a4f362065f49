/** Ranges of ridge points as arguments: `0:500:1`. */
import { InvalidArgumentError } from 'commander';

const mostPoints = 100_000;
const highest = 1e15; // MACs per byte; the device schema limits peaks to 1e15 per ms

/** Returns the points `from`, `from + step`, … up to `to`, or a single point, in MACs per byte. */
export function ridgeRange(value: string): number[] {
  const [from = Number.NaN, to = from, step = to - from, ...more] = value.split(':').map(quantityOf);
  const isRange = from >= 0 && to >= from && to <= highest && (step > 0 || from === to) && more.length === 0;
  if (!isRange)
    throw new InvalidArgumentError('expected FROM:TO:STEP with 0 <= FROM <= TO <= 1e15 and STEP > 0, or one number.');
  const steps = from === to ? 0 : Math.floor((to - from) / step + 1e-9);
  if (steps >= mostPoints) throw new InvalidArgumentError(`expected at most ${mostPoints} ridge points.`);
  return Array.from({ length: steps + 1 }, (_, i) => Number((from + i * step).toPrecision(12))); // drops rounding errors
}

function quantityOf(text: string): number {
  return /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
