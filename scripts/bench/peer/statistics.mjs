// Medians and their confidence intervals.
import { randomStream } from '#core/random';

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** The 95 % percentile bootstrap interval of the median (Efron 1979); the seed makes it repeatable. */
export function medianInterval(values, seed) {
  const random = randomStream(seed);
  const resample = () => values.map(() => values[random.below(values.length)]);
  const medians = Array.from({ length: 4000 }, () => median(resample())).sort((a, b) => a - b);
  return [medians[Math.floor(0.025 * medians.length)], medians[Math.ceil(0.975 * medians.length) - 1]];
}
