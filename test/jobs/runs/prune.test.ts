import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgedRun, prunable, removeRun } from '#jobs/runs/prune';
import { failureOfAsync } from '#test/data/fixtures';
import { writeLock } from './lock-fixture.js';
import { opened, temporaryFolder } from './run-fixture.js';

const hour = 3_600_000;
const run = (id: string, changes: Partial<AgedRun>): AgedRun => {
  const figures = { step: 9, steps: 9, quality: 0.5, reward: 0.5, job: null };
  return { id, stage: 'coarse', status: 'done', ...figures, ageMs: hour, ...changes };
};
const runs = [
  run('good', { reward: 0.9 }),
  run('fair', { reward: 0.7 }),
  run('poor', { reward: 0.1, quality: 0.99 }),
  run('trained', { stage: 'train', reward: null, quality: 0.8 }),
  run('broken', { status: 'failed', reward: null, quality: null }),
  run('halted', { status: 'stopped', ageMs: 30 * hour }),
  run('busy', { status: 'running', ageMs: 90 * hour }),
];
const settling = { notice: () => {}, shouldStop: () => false };

describe('the runs to prune', () => {
  it.each([
    [{ olderMs: 24 * hour }, 'halted'],
    [{ statuses: ['failed', 'stopped'] as const }, 'broken halted'],
    [{ statuses: ['stopped'] as const, olderMs: 31 * hour }, ''],
    [{ keepBest: 2 }, 'poor broken halted'],
    [{ keepBest: 1, statuses: ['done'] as const }, 'fair poor'],
    [{}, 'good fair poor trained broken halted'],
  ])('under %j are %s', (rule, ids) => {
    expect(
      prunable(runs, rule)
        .map(({ id }) => id)
        .join(' '),
    ).toBe(ids);
  });
});

describe('removing a run', () => {
  it('removes its folder, and what a killed removal has left, but no other run', async () => {
    const root = temporaryFolder();
    for (const id of ['a', 'b']) opened(root, { id }).finish('stopped');
    mkdirSync(join(root, '.old.removed'));
    writeFileSync(join(root, '.old.removed', 'state.json'), '');
    writeLock(join(root, 'a'), '');
    await removeRun(root, 'a', settling);
    expect(readdirSync(root)).toEqual(['b']);
  });

  it('that is in progress is a failure, and changes nothing', async () => {
    const root = temporaryFolder();
    const { folder } = opened(root);
    const before = readdirSync(folder);
    expect((await failureOfAsync(() => removeRun(root, 'a', settling))).message).toContain('works on this run');
    expect(readdirSync(folder)).toEqual(before);
  });
});
