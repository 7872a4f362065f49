import { describe, expect, it } from 'vitest';
import { ChunkExchange } from '#jobs/workers/mpi/chunk-exchange';
import { chunksOf } from '#jobs/workers/mpi/communicator';
import { partOf } from '../host/acts.mjs';
import { onAll, ranksInProcess } from './ranks-in-process.js';

describe('the exchange of chunks', () => {
  it.each([
    [2, 1000],
    [3, 1000],
    [4, 3],
  ])('of %i ranks sums %i floats in the order of the ranks, the same bits on all', async (size, length) => {
    const totals = await onAll(ranksInProcess(size), async (group) => {
      const values = Float32Array.from({ length }, (_, i) => partOf(group.rank, i, 0));
      await new ChunkExchange(group).sum(values, 1 / size);
      return values;
    });
    const expected = Float32Array.from({ length }, (_, i) => {
      let total = 0;
      for (let rank = 0; rank < size; rank++) total = Math.fround(total + Math.fround(partOf(rank, i, 0)));
      return total * Math.fround(1 / size);
    });
    expect(totals).toEqual(Array(size).fill(expected));
  });

  it.each([2, 3, 8])('of %i ranks sends 2 (n - 1) / n of the vector from each of them', async (size) => {
    const floats = 240;
    const sent: number[] = [];
    await onAll(ranksInProcess(size, sent), (group) => new ChunkExchange(group).sum(new Float32Array(floats), 1));
    expect(sent).toEqual(Array(size).fill((2 * (size - 1) * 4 * floats) / size));
  });

  it('has chunks that cover the vector without gaps', () => {
    expect(chunksOf(10, 4)).toEqual({ lengths: Int32Array.of(2, 3, 2, 3), offsets: Int32Array.of(0, 2, 5, 7) });
  });
});
