/** Teams of real processes, whose members run the build. */
import { closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Collective } from '#jobs/workers/collective';
import { openSharedMemory, readFloatsAt, writeFloats } from '#jobs/workers/host/shared-memory';
import { openVectors } from '#jobs/workers/host/shared-vectors';
import { startTeam } from '#jobs/workers/host/team';
import { requireSameState } from '#jobs/workers/same-state';
import type { StallLimits } from '#jobs/workers/stall';
import { openBackend } from '#networks/tensor/backend';
import { hasCustomOps } from '#networks/tensor/custom-ops';
import { hostKernels } from '#networks/tensor/tensorflow';
import { failureOf, failureOfAsync, newFolder } from '#test/data/fixtures';
import * as acts from './acts.mjs';

const module = new URL('./member.mjs', import.meta.url).href;

/** Runs an operation of `acts.mjs` as worker 0 while the members run it too. */
async function together<T>(
  size: number,
  job: object,
  act: (collective: Collective) => Promise<T>,
  stall?: StallLimits,
) {
  const team = await startTeam({ size, module, job, longest: 2 ** 17, ...(stall && { stall }) });
  try {
    return await act(team.collective);
  } finally {
    await team.end();
  }
}

openBackend({ threads: 1 });
const hasKernels = hasCustomOps();

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.each([1, 2, 3])('a team of %i', (size) => {
  const lengths = [1, 2, 100_003, 3, 2 ** 14, 2 ** 14 + 1, 2 ** 17, 2 ** 17, 7, 20_000];

  it.each([32, 64] as const)('sums vectors of %i bits in the order of the ranks, the same for all', async (bits) => {
    const job = { act: 'allReduces', lengths, bits };
    const totals = await together(size, job, (collective) => acts.allReduces(collective, job));
    const round = bits === 32 ? Math.fround : Number;
    let carried = 0;
    for (const [j, length] of lengths.entries()) {
      const expected = Array.from({ length }, (_, i) => {
        let total = 0;
        for (let rank = 0; rank < size; rank++) total = round(total + round(acts.partOf(rank, i, j) + carried));
        return total;
      });
      expect(
        Buffer.compare(
          Buffer.from(Float64Array.from(totals[j]!).buffer),
          Buffer.from(Float64Array.from(expected).buffer),
        ),
        `${length}`,
      ).toBe(0);
      carried = expected.at(-1)!;
    }
  });

  it('computes a logical OR over the workers', async () => {
    expect(await together(size, { act: 'any' }, acts.any)).toEqual([true, false, true]);
  });

  it("takes over worker 0's vectors", async () => {
    const heard = await together(size, { act: 'broadcast' }, acts.broadcast);
    for (const values of heard) {
      expect(values).toEqual(values.map((_, i) => acts.partOf(0, i, values.length)));
    }
  });
});

describe('a team', () => {
  it('ends its processes when its work is done, and when it fails in worker 0', async () => {
    let ids: number[] = [];
    const noting = async (collective: Collective) => {
      ids = await acts.processes(collective);
    };
    await together(3, { act: 'processes' }, noting);
    expect(new Set(ids).size).toBe(3);
    expect(ids.map(isAlive)).toEqual([true, false, false]);
    const failing = async (collective: Collective) => {
      await noting(collective);
      throw new Error('on purpose');
    };
    await expect(together(2, { act: 'processes' }, failing)).rejects.toThrow('on purpose');
    expect(ids.map(isAlive)).toEqual([true, false]);
  });

  it('leaves no file of its shared memory', async () => {
    const ours = () => readdirSync('/dev/shm').filter((name) => name.startsWith('mnv4-nas-'));
    await together(2, { act: 'any' }, async (collective) => {
      expect(ours()).toEqual([]);
      await acts.any(collective);
    });
    expect(ours()).toEqual([]);
  });

  it('fails with the failure of its member: file, line, remedy and kind', async () => {
    const job = { act: 'any', misdeed: 'fails', by: 1 };
    const failure = await failureOfAsync(() => together(2, job, acts.any));
    expect([failure.kind, failure.diagnostics, failure.remedy]).toEqual([
      'data',
      [{ file: 'shard-3', line: 4, message: 'expected a, got b' }],
      'build it again',
    ]);
  });

  it('reports a bug of a member with its trace and the number of the worker', async () => {
    const job = { act: 'any', misdeed: 'isWrong', by: 2 };
    const error = await together(3, job, acts.any).catch((thrown: Error) => thrown);
    expect((error as Error).stack).toMatch(/^in worker 2: TypeError: no such thing\n {4}at .*member\.mjs/);
  });

  it.each([
    ['dies', 'was ended by SIGKILL', /^it may have run out of memory .*; the last checkpoint is kept/],
    ['exits', 'exited with 9', /^the last checkpoint is kept: run the same command again to resume$/],
  ])('whose member %s throws a backend failure that says so, and ends the others', async (misdeed, how, remedy) => {
    let others: number[] = [];
    const job = { act: 'processes', misdeed, by: 2, state: ['a', 'a', 'a'] };
    const failure = await failureOfAsync(() =>
      together(3, job, async (collective) => {
        await requireSameState(collective, 5, () => ['a']);
        others = await acts.processes(collective);
      }),
    );
    expect([failure.kind, failure.exitCode, failure.message]).toEqual([
      'backend',
      5,
      `worker 2 of 3 ${how} before its work was done`,
    ]);
    expect(failure.remedy).toMatch(remedy);
    expect(others).toEqual([]);
  });

  it('whose member hangs throws a backend failure that names it, and ends all members', async () => {
    let others: number[] = [];
    const job = { act: 'processes', misdeed: 'hangs', by: 2, state: ['a', 'a', 'a'] };
    const stall = { leastMs: 300, steps: 20, patience: 10 };
    const hanging = async (collective: Collective) => {
      await requireSameState(collective, 5, () => ['a']);
      others = await acts.processes(collective);
    };
    const failure = await failureOfAsync(() => together(3, job, hanging, stall));
    expect([failure.kind, failure.message, failure.remedy]).toEqual([
      'backend',
      expect.stringMatching(/^worker 2 of 3 hangs: no progress for \d+ s while others wait$/),
      'the last checkpoint is kept: run the same command again to resume',
    ]);
    expect(others).toEqual([]);
  });

  it('leaves signals to worker 0: its members continue', async () => {
    const job = { act: 'any', misdeed: 'isAskedToStop', by: 1 };
    expect(await together(2, job, acts.any)).toEqual([true, false, true]);
  });

  it('whose workers sum vectors of unequal lengths ends with a bug', async () => {
    await expect(together(2, { act: 'unequalLengths' }, acts.unequalLengths)).rejects.toThrow(
      'the workers sum 3 and 4 values at once',
    );
  });

  it('whose vector is longer than announced ends with a bug', async () => {
    const broadcast = (collective: Collective) => collective.broadcast(new Float32Array(2 ** 17 + 1));
    await expect(together(2, { act: 'any' }, broadcast)).rejects.toThrow(
      'expected up to 131072 floats to share; got 131073',
    );
  });
});

describe('agreement', () => {
  it('of all workers throws nothing, and needs no messages with one worker', async () => {
    const agree = (collective: Collective) => requireSameState(collective, 5, () => ['a']);
    await together(3, { act: 'any', state: ['a', 'a', 'a'] }, async (collective) => {
      await agree(collective);
      await acts.any(collective);
    });
    await together(1, {}, agree);
  });

  it('names the worker and the step if it fails', async () => {
    const job = { act: 'any', state: ['a', 'a', 'b'] };
    const failure = await failureOfAsync(() =>
      together(3, job, (collective) => requireSameState(collective, 5, () => ['a'])),
    );
    expect([failure.kind, failure.message]).toEqual([
      'backend',
      'the weights on worker 2 of 3 differ from those on worker 0 at step 5',
    ]);
  });
});

describe('shared memory', () => {
  it('keeps the written floats, has no name, and lies in the first folder with space', () => {
    const [missing, there] = [join(newFolder(), 'none'), newFolder()];
    const memory = openSharedMemory(4 * 1000, [missing, there]);
    expect(readdirSync(there)).toEqual([]);
    writeFloats(memory, Float32Array.of(1.5, -2), 998);
    const read = new Float32Array(3);
    readFloatsAt(memory, read, 997);
    expect([...read]).toEqual([0, 1.5, -2]);
    expect(() => readFloatsAt(memory, read, 998)).toThrow('the shared memory ends before float 1001');
  });

  it('is a backend failure that names the folders if none has the space', () => {
    const folder = join(newFolder(), 'none');
    const failure = failureOf(() => openSharedMemory(3 * 2 ** 20, [folder]));
    expect([failure.kind, failure.message]).toEqual([
      'backend',
      `cannot allocate 3 MB of shared memory for the workers: ${folder}: no such file (ENOENT)`,
    ]);
    expect(failure.remedy).toContain('--workers');
  });
});

it('vectors in common are left out where memory-backed files have no room for them', () => {
  const wanted = { longest: 100, size: 2, vectors: 3 };
  const { memory, ...room } = openVectors(wanted);
  const { memory: other, ...left } = openVectors(wanted, join(newFolder(), 'missing'));
  for (const descriptor of [memory, other]) closeSync(descriptor);
  expect([room, left]).toEqual([wanted, { ...wanted, vectors: 0 }]);
});

describe.each([2, 3])('a team of %i with our kernels', (size) => {
  it.runIf(hasKernels)('holds vectors in common, of which each worker writes a part', async () => {
    const longest = 5003; // no multiple of a cache line
    const request = { size, module, job: { act: 'partialSums' }, longest, vectors: 2, compute: { threads: 1 } };
    const team = await startTeam(request, hostKernels);
    const sums = await acts.partialSums(team.collective).finally(team.end);
    const expected = [0, 1].map((round) =>
      Float32Array.from({ length: longest }, (_, i) => {
        let total = Math.fround(acts.partOf(0, i, round));
        for (let rank = 1; rank < size; rank++) total = Math.fround(total + Math.fround(acts.partOf(rank, i, round)));
        return total / 2;
      }),
    );
    expect(sums).toEqual(expected);
  });

  it.runIf(hasKernels)('refuses sums of long vectors, which would overwrite those in common', async () => {
    const team = await startTeam(
      { size, module, job: { act: 'partialSums' }, longest: 2 ** 16, vectors: 1, compute: {} },
      hostKernels,
    );
    const { collective } = team;
    try {
      await acts.partialSums(collective);
      await expect(collective.allReduce(new Float32Array(2 ** 16))).rejects.toThrow('hold vectors in common');
    } finally {
      await team.end();
    }
  });
});
