import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatisticsPools } from '#networks/nn/pooled-statistics';
import { dispose, readFloats } from '#networks/tensor/backend';

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The unbiased variance; 0 for a single value. */
function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
}

/** What pooling makes of the statistics of each batch, of one channel. */
function pooled(batches: readonly (readonly number[])[]): { mean: number; variance: number } {
  const pools = new StatisticsPools();
  for (const batch of batches) {
    const [mean, variance] = [meanOf(batch), varianceOf(batch)].map((value) => Float32Array.of(value));
    pools.add('bn', { values: batch.length, mean: mean!, variance: variance! });
  }
  const { mean, variance } = pools.statistics().get('bn')!;
  const read = { mean: readFloats(mean)[0]!, variance: readFloats(variance)[0]! };
  dispose(mean, variance);
  return read;
}

describe('pooled statistics', () => {
  it('count the variance between batches: two batches of constant values vary only between each other', () => {
    const batches = [
      [1, 1, 1],
      [5, 5, 5],
    ];
    expect(pooled(batches)).toEqual({ mean: 3, variance: Math.fround(24 / 5) }); // the mean of their variances is 0
  });

  it('weight unequal batches by their sizes', () => {
    const batches = [[0, 2], [10], [4, 4, 4, 4, 4]];
    const all = batches.flat();
    expect(pooled(batches)).toEqual({ mean: meanOf(all), variance: Math.fround(varianceOf(all)) });
  });

  it('of batches of one value each are those of the values', () => {
    expect(pooled([[1], [2], [3], [6]])).toEqual({ mean: 3, variance: Math.fround(14 / 3) });
    expect(pooled([[7]])).toEqual({ mean: 7, variance: 0 });
  });

  it('of one batch are its own', () => {
    const [mean, variance] = [0.1, 0.3].map(Math.fround) as [number, number];
    const pools = new StatisticsPools();
    pools.add('bn', { values: 37, mean: Float32Array.of(mean), variance: Float32Array.of(variance) });
    const found = pools.statistics().get('bn')!;
    expect([...readFloats(found.mean), ...readFloats(found.variance)]).toEqual([mean, variance]);
    dispose(found.mean, found.variance);
  });

  it('keep small variances around large means', () => {
    const batches = Array.from({ length: 40 }, (_, i) => [2 ** 20 + (i % 2), 2 ** 20 + 1 + (i % 2)]);
    expect(pooled(batches).variance).toBeCloseTo(varianceOf(batches.flat()), 6);
  });

  it('are the statistics of all values, whatever the batches', () => {
    const value = fc.integer({ min: -1000, max: 1000 });
    const batches = fc.array(fc.array(value, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(batches, (some) => {
        const { mean, variance } = pooled(some);
        const all = some.flat();
        expect(Math.abs(mean - meanOf(all))).toBeLessThan(1e-3);
        expect(Math.abs(variance - varianceOf(all))).toBeLessThanOrEqual(1e-4 * (1 + varianceOf(all)));
      }),
    );
  });

  it('are kept layer by layer, in the order in which layers were first seen', () => {
    const pools = new StatisticsPools();
    const one = (mean: number) => ({ values: 2, mean: Float32Array.of(mean), variance: Float32Array.of(0) });
    for (const [layer, mean] of [
      ['b', 1],
      ['a', 5],
      ['b', 3],
      ['a', 5],
    ] as const)
      pools.add(layer, one(mean));
    const found = pools.statistics();
    expect([...found].map(([layer, { mean }]) => [layer, readFloats(mean)[0]])).toEqual([
      ['b', 2],
      ['a', 5],
    ]);
    for (const { mean, variance } of found.values()) dispose(mean, variance);
  });
});
