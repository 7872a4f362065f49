/** The workers of a command whose process is one of several MPI ranks. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setJoinedRanks } from '#jobs/workers/ranks';
import { workersOf } from '#jobs/workers/workers-of';
import { failureOf } from '#test/data/fixtures';

const start = () => Promise.reject(new Error('no job here'));

beforeAll(() => {
  vi.stubEnv('TF_NUM_INTRAOP_THREADS', undefined);
  setJoinedRanks({ size: 4, here: 2, threads: 3, launcher: { start } });
});
afterAll(() => {
  vi.unstubAllEnvs();
  setJoinedRanks(undefined);
});

describe('of four ranks', () => {
  it('all are workers, each with its share of the cores', () => {
    expect(workersOf({}, 4, 'the samplesPerStep')).toMatchObject({ count: 4, threads: 3 });
    expect(workersOf({ threads: 2 }, 8, 'the samplesPerStep')).toMatchObject({ count: 4, threads: 2 });
  });

  it('only as many as --workers states share a step', () => {
    expect(workersOf({ workers: 2 }, 2, 'the samplesPerStep').count).toBe(2);
  });

  it('some have nothing to do in a step with fewer parts, which is refused', () => {
    const failure = failureOf(() => workersOf({}, 2, 'the samplesPerStep'));
    expect([failure.kind, failure.message]).toEqual(['usage', 'expected at most 2, the samplesPerStep; got 4 ranks']);
    expect(failure.remedy).toContain('--workers');
  });

  it('there are fewer than --workers states, which is refused', () => {
    const failure = failureOf(() => workersOf({ workers: 5 }, 8, 'the samplesPerStep'));
    expect([failure.kind, failure.message]).toEqual(['usage', '--workers: expected at most 4, the ranks; got 5']);
  });
});
