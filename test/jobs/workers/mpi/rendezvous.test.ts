import { describe, expect, it } from 'vitest';
import { Failure } from '#core/failure';
import type { Communicator } from '#jobs/workers/mpi/communicator';
import { Interrupted, Rendezvous } from '#jobs/workers/mpi/rendezvous';
import { onAll, ranksInProcess } from './ranks-in-process.js';

const failure = new Failure('data', { file: 'shard-3', message: 'expected a, got b' }, 'build it again');

describe('the meetings of a job', () => {
  it.each([1, 30, 31, 200])('sum %i values in the order of the ranks, of either precision', async (length) => {
    const tenths = (rank: number) => Array.from({ length }, (_, i) => (rank + i) / 10);
    const sums = await onAll(ranksInProcess(3), async (group) => {
      const meetings = new Rendezvous(group);
      const own = tenths(group.rank);
      return [await meetings.gather(Float32Array.from(own)), await meetings.gather(Float64Array.from(own))];
    });
    const inOrder = (round: (x: number) => number) =>
      tenths(0).map((x, i) => round(round(round(x) + round(tenths(1)[i]!)) + round(tenths(2)[i]!)));
    expect(sums).toEqual(Array(3).fill([Float32Array.from(inOrder(Math.fround)), Float64Array.from(inOrder(Number))]));
  });

  it('end on all ranks when one fails: rank 0 throws its failure', async () => {
    const ends = await onAll(ranksInProcess(3), async (group) => {
      const meetings = new Rendezvous(group);
      await meetings.parts(Float64Array.of(1));
      if (group.rank === 1) await meetings.fail(failure);
      await meetings.parts(Float64Array.of(2));
    });
    expect(ends[0]).toMatchObject({ kind: 'data', diagnostics: failure.diagnostics, remedy: 'build it again' });
    expect(ends.slice(1).map((end) => end instanceof Interrupted)).toEqual([true, true]);
  });

  it('end on all ranks when rank 0 has ended, and later calls meet nobody', async () => {
    const ends = await onAll(ranksInProcess(2), async (group) => {
      const meetings = new Rendezvous(group);
      if (group.rank === 0) await meetings.over();
      else await meetings.gather(Float32Array.of(1)).catch(() => {});
      await meetings.over();
      await meetings.fail(failure);
      await meetings.gather(Float32Array.of(1));
    });
    expect(ends.map((end) => end instanceof Interrupted)).toEqual([true, true]);
  });

  it('that wait for a rank that hangs throw the error of the one who noticed', async () => {
    const [group] = ranksInProcess(2) as [Communicator, Communicator];
    const meetings = new Rendezvous(group);
    const pending = meetings.gather(Float32Array.of(1));
    meetings.lose(failure);
    await expect(pending).rejects.toBe(failure);
    await expect(meetings.gather(Float32Array.of(1))).rejects.toBe(failure);
    await meetings.over();
  });

  it('end with a bug on all ranks when their vectors differ in length', async () => {
    const sum = (rank: number) => new Float64Array(3 + rank);
    const ends = await onAll(ranksInProcess(2), (group) => new Rendezvous(group).gather(sum(group.rank)));
    expect(ends).toEqual(Array(2).fill(new Error('the workers sum 3 and 4 values at once')));
  });
});
