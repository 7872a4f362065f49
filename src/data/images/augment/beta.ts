/** Samples of the beta distribution, from which shares of mixed images are drawn. */
import type { Random } from '#core/random';

/** A sample of Beta(alpha, alpha), the distribution of the share in Zhang et al., "mixup" (arXiv:1710.09412). */
export function betaSample(alpha: number, random: Random): number {
  const [x, y] = [gammaSample(alpha, random), gammaSample(alpha, random)];
  return x + y === 0 ? random.below(2) : x / (x + y); // both vanish for tiny alpha, where the mass lies at the ends
}

/**
 * A sample of Gamma(shape, 1): Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); shapes
 * below 1 by their boost.
 */
function gammaSample(shape: number, random: Random): number {
  if (shape < 1) return gammaSample(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
