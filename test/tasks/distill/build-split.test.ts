import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportioned } from '#core/apportioned';
import { splitSources } from '#tasks/distill/build-split';
import { failureOf } from '#test/data/fixtures';

describe('splitting by source image', () => {
  it('deals proportional whole numbers that sum to the total', () => {
    expect(apportioned(10, [60, 30, 10])).toEqual([6, 3, 1]);
    expect(apportioned(4, [1, 1, 1])).toEqual([2, 1, 1]);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (sizes, share) => {
          const all = sizes.reduce((a, b) => a + b, 0);
          const total = Math.floor(share * all);
          const quotas = apportioned(total, sizes);
          expect(quotas.reduce((a, b) => a + b, 0)).toBe(total);
          for (const [i, quota] of quotas.entries()) {
            expect(Math.abs(quota - (total * (sizes[i] as number)) / all)).toBeLessThan(1);
            expect(quota).toBeLessThanOrEqual(sizes[i] as number);
          }
        },
      ),
    );
  });

  it('puts each image into one of the two, the same share of each class, determined by the seed', () => {
    const labels = Uint8Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const { train, validation } = splitSources(labels, 2, 40, 5);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect([...validation].filter((i) => labels[i] === 1).length).toBe(10);
    expect(splitSources(labels, 2, 40, 5)).toEqual({ train, validation });
    expect(splitSources(labels, 2, 40, 6).validation).not.toEqual(validation);
  });

  it('refuses a validation split of all images', () => {
    const failure = failureOf(() => splitSources([0, 1, 0], 2, 3, 1));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toBe("validation: expected fewer than the source's 3 train images; got 3");
  });
});
