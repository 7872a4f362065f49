import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JobRequest, planJobs } from '#tasks/cluster/job-plan';
import { readSearchConfig } from '#tasks/search/config/config';
import { newFolder } from '#test/data/fixtures';
import { smallConfig } from '#test/tasks/search/small-world';

const workers = { count: 1, threads: 2 };
const request: JobRequest = {
  seeds: 2,
  targets: [],
  settings: [],
  places: { config: '/shared/small.yaml', root: '/shared/runs' },
  workers: { coarse: { ...workers, count: 3 }, fine: workers, train: workers },
};

function configOf(text: string) {
  const file = join(newFolder(), 'small.yaml');
  writeFileSync(file, text);
  return readSearchConfig(file);
}

const config = configOf(smallConfig);
const planned = (changes: Partial<JobRequest>, of = config) => planJobs(of, { ...request, ...changes });
const ids = (changes: Partial<JobRequest>) => planned(changes).arrays.map(({ jobs }) => jobs.map(({ runId }) => runId));

describe('the jobs of a search', () => {
  it('are a coarse and a fine stage for every seed, whose commands state seed, run, folder and threads', () => {
    const ends = (id: string, count: number) =>
      `--seed 3 --run-id small-seed-3-${id} --root /shared/runs --workers ${count} --threads 2`;
    expect(ids({})).toEqual([
      ['small-seed-3-coarse', 'small-seed-4-coarse'],
      ['small-seed-3-fine', 'small-seed-4-fine'],
    ]);
    expect(planned({}).arrays.map(({ jobs }) => jobs[0]?.arguments.join(' '))).toEqual([
      `coarse /shared/small.yaml ${ends('coarse', 3)}`,
      `fine /shared/small.yaml --from small-seed-3-coarse ${ends('fine', 1)}`,
    ]);
  });

  it('are one for each target, which wins over the other settings and is part of the run id', () => {
    const plan = planned({ targets: [9000, 12000.5], settings: ['search.batch=8'] });
    expect(plan.arrays[0]?.jobs.map(({ runId }) => runId)).toEqual(
      [3, 4].flatMap((seed) => [9000, 12000.5].map((target) => `small-seed-${seed}-target-${target}-coarse`)),
    );
    const sets = plan.arrays[1]?.jobs[1]?.arguments.filter((_, i, all) => all[i - 1] === '--set');
    expect(sets).toEqual(['search.batch=8', 'cost[0].target=12000.5']);
  });

  it.each([
    ['{ cost: latency, device: reference, targetMs: 1 }', 'cost[0].targetMs=2'],
    ['{ cost: params, relativeTo: mnv4-conv-s }', 'cost[0].factor=2'],
  ])('set the target of %s by %s', (cost, setting) => {
    const other = configOf(smallConfig.replace('{ cost: macs, target: 12000 }', cost));
    expect(planned({ targets: [2] }, other).arrays[0]?.jobs[0]?.arguments).toContain(setting);
  });

  it('train the fine result if there is a recipe', () => {
    const { arrays } = planned({ seeds: 1, places: { ...request.places, recipe: '/shared/small.train.yaml' } });
    expect(arrays.map(({ kind }) => kind)).toEqual(['coarse', 'fine', 'train']);
    expect(arrays[2]?.jobs[0]?.arguments.join(' ')).toBe(
      'train small-seed-3-fine --recipe /shared/small.train.yaml --run-id small-seed-3-train --root /shared/runs --workers 1 --threads 2',
    );
  });
});
