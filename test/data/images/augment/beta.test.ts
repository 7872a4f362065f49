import { expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { betaSample } from '#data/images/augment/beta';

// Beta(a, a) has mean 1/2 and variance 1 / (4 (2a + 1)).
it.each([0.2, 1, 3])('samples of Beta(%d, %d) have its mean and variance', (alpha) => {
  const random = randomStream(`beta/${alpha}`);
  const shares = Array.from({ length: 20_000 }, () => betaSample(alpha, random));
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / shares.length;
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  expect(mean).toBeCloseTo(0.5, 1);
  expect(variance * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1);
});
