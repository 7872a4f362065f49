import { describe, expect, it } from 'vitest';
import { oneProcess, shareOf } from '#jobs/workers/collective';

describe("a worker's share of the samples", () => {
  it('is all of them in one process, in order', () => {
    expect(shareOf(oneProcess, ['a', 'b', 'c']).map(({ sample, k }) => `${k}${sample}`)).toEqual(['0a', '1b', '2c']);
  });

  it('is every size-th one, so that the shares are disjoint and cover all', () => {
    const workers = [0, 1, 2].map((rank) => ({ rank, size: 3 }));
    const shares = workers.map((worker) => shareOf(worker, [10, 11, 12, 13, 14]).map(({ k }) => k));
    expect(shares).toEqual([[0, 3], [1, 4], [2]]);
  });
});
