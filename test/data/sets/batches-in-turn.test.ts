import { describe, expect, it } from 'vitest';
import { batchesAt, firstBatches } from '#data/sets/batches-in-turn';
import type { Batch, Batches } from '#data/sets/loader';

describe('batches in turn', () => {
  const told: unknown[] = [];
  const batches: Batches = {
    at: async (step, following) => {
      told.push([step, following]);
      return { n: step } as Batch;
    },
  };

  it('are told what follows: the rest of the step, then the next step', async () => {
    told.length = 0;
    const found = await batchesAt(batches, [4, 6], [8, 10]);
    expect(found.map(({ n }) => n)).toEqual([4, 6]);
    expect(told).toEqual([
      [4, [6, 8, 10]],
      [6, [8, 10]],
    ]);
  });

  it('are the first ones and no more', async () => {
    told.length = 0;
    const found: number[] = [];
    for await (const { n } of firstBatches(batches, 3)) found.push(n);
    expect(found).toEqual([0, 1, 2]);
    expect(told).toEqual([
      [0, [1]],
      [1, [2]],
      [2, []],
    ]);
  });
});
