/** Whole programs of ranks, all in this process: rank 0 starts jobs of `host/member.mjs`, the others serve them. */
import { describe, expect, it } from 'vitest';
import type { Collective } from '#jobs/workers/collective';
import { World } from '#jobs/workers/mpi/world';
import { noHostKernels } from '#networks/tensor/host-kernels';
import { failureOfAsync } from '#test/data/fixtures';
import * as acts from '../host/acts.mjs';
import { ranksInProcess } from './ranks-in-process.js';

const module = new URL('../host/member.mjs', import.meta.url).href;
const longest = 2 ** 17;

/** The function that does an act as a job of `count` ranks. */
type Together = <T>(count: number, job: object, act: (collective: Collective) => Promise<T>) => Promise<T>;

/** Runs the work on rank 0 of ranks on these nodes, and returns its result and the exit codes of the others. */
async function program<T>(
  nodes: readonly number[],
  work: (together: Together, first: World) => Promise<T>,
  asked = -1,
) {
  const worlds = await Promise.all(
    ranksInProcess(nodes.length).map((group, rank) =>
      World.of({ group, finalize: () => {}, openKernels: async () => noHostKernels, nodeId: nodes[rank]! }),
    ),
  );
  const [first, ...others] = worlds as [World, ...World[]];
  const codes = others.map((world) => world.serve(() => world.rank === asked));
  const together: Together = async (count, job, act) => {
    const team = await first.launcher.start({ workers: { count }, module, job, longest });
    try {
      return await act(team.collective);
    } finally {
      await team.end();
    }
  };
  try {
    return { result: await work(together, first), codes };
  } finally {
    await first.end(75);
    expect(await Promise.all(codes)).toEqual(others.map(() => 75));
  }
}

describe.each([
  ['one node', [1, 1, 1]],
  ['three nodes', [1, 2, 3]],
  ['two nodes', [1, 1, 2]],
])('ranks on %s', (_, nodes) => {
  it('sum vectors, the same bits on all, decide together, and take over the vectors of rank 0', async () => {
    await program(nodes, async (together) => {
      const lengths = [1, 3, 40_001, 2 ** 14, 2 ** 14 + 1, longest, 7];
      for (const bits of [32, 64] as const) {
        const totals = await together(3, { act: 'allReduces', lengths, bits }, (all) =>
          acts.allReduces(all, { lengths, bits }),
        );
        const [first] = totals[0]!;
        expect(first).toBeCloseTo(acts.partOf(0, 0, 0) + acts.partOf(1, 0, 0) + acts.partOf(2, 0, 0), 6);
      }
      expect(await together(3, { act: 'any' }, acts.any)).toEqual([true, false, true]);
      for (const values of await together(3, { act: 'broadcast' }, acts.broadcast)) {
        expect(values).toEqual(values.map((_, i) => acts.partOf(0, i, values.length)));
      }
    });
  });
});

describe('ranks', () => {
  it('do a job of fewer workers while the others idle, and a job of one alone', async () => {
    await program([1, 1, 2], async (together) => {
      expect(await together(2, { act: 'any' }, acts.any)).toEqual([true, false, true]);
      expect(await together(1, { act: 'any' }, acts.any)).toEqual([true, false, true]);
      expect(await together(3, { act: 'any' }, acts.any)).toEqual([true, false, true]);
    });
  });

  it('stop together when one of them is asked to', async () => {
    const asked = (collective: Collective) => collective.any(false);
    const { result } = await program([1, 2], (together) => together(2, { act: 'asked' }, asked), 1);
    expect(result).toBe(true);
  });

  it('fail with the failure of any of them, and serve the next job', async () => {
    await program([1, 1, 2], async (together) => {
      const job = { act: 'any', misdeed: 'fails', by: 2 };
      const failure = await failureOfAsync(() => together(3, job, acts.any));
      expect([failure.kind, failure.message, failure.remedy]).toEqual([
        'data',
        'shard-3:4: expected a, got b',
        'build it again',
      ]);
      const error = await together(3, { act: 'any', misdeed: 'isWrong', by: 1 }, acts.any).catch(
        (thrown: Error) => thrown,
      );
      expect((error as Error).stack).toMatch(/^in worker 1: TypeError: no such thing/);
      const onPurpose = () => Promise.reject(new Error('on purpose'));
      await expect(together(3, { act: 'any' }, onPurpose)).rejects.toThrow('on purpose');
      expect(await together(3, { act: 'any' }, acts.any)).toEqual([true, false, true]);
    });
  });

  it('know how many of them use this host, and share its cores', async () => {
    const { result } = await program([1, 2, 3], async (_, { here, threads, size }) => ({ here, threads, size }));
    expect(result).toMatchObject({ here: 3, size: 3 });
    expect(result.threads).toBeGreaterThanOrEqual(1);
  });
});
