import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readReportedRun } from '#tasks/report/run/reported-run';
import { writeReport } from '#tasks/report/run/write-report';
import { failureOf, opened, temporaryFolder } from '#test/jobs/runs/run-fixture';
import { config, madeRun, result } from './report-fixture.js';

it('reads the result, the logs and the costs of a run', () => {
  const run = readReportedRun(madeRun(), () => {});
  expect(run).toMatchObject({ id: 'a', stage: 'coarse', status: 'done', step: 40, steps: 40, result, notices: [] });
  expect(run.costs).toEqual([{ name: 'macs', target: 100_000, spec: { cost: 'macs' } }]);
  expect(run.settings).toMatchObject({ seed: 7, quality: 'accuracy', tolerance: 0.05 });
  expect([run.events.length, run.policy.length, run.samples.length]).toEqual([2, 2, 2]);
  expect(run.found).toMatchObject({ origin: 'result', decisions: [1, 0] });
});

it('takes the most likely architecture of the policy before there is a result', () => {
  const run = readReportedRun(madeRun({ result: undefined, logged: [20] }), () => {});
  expect([run.status, run.result, run.found?.origin, run.found?.step, run.found?.decisions]).toEqual([
    ...['running', null, 'policy', 20],
    [1, 0],
  ]);
});

it('leaves out damaged lines and lines of another form, and says which', () => {
  const folder = madeRun();
  const file = join(folder, 'events.jsonl');
  appendFileSync(file, 'no line\n{"step":41,"loss":1}\n{"step":42,"lo');
  const notes: string[] = [];
  const run = readReportedRun(folder, (note) => notes.push(note));
  expect(notes).toEqual([3, 4].map((line) => `${file}:${line}: damaged, so this line is left out`));
  expect(run.events).toHaveLength(2);
  expect(run.notices).toEqual(notes);
});

it('goes on without the device of a latency that is not found', () => {
  const other = { ...JSON.parse(config), cost: [{ cost: 'latency', device: 'my-phone', targetMs: 1 }] };
  const notes: string[] = [];
  const run = readReportedRun(madeRun({ config: JSON.stringify(other) }), (note) => notes.push(note));
  expect(notes).toEqual(['the device my-phone is not found from this folder, so latencies per block are unknown']);
  expect(run.costs[0]?.spec).toBeUndefined();
});

it('refuses trainings, too many runs and one run twice, and reports damage', () => {
  const root = temporaryFolder();
  const training = opened(root, { id: 't', stage: 'train' });
  expect(failureOf(() => readReportedRun(training.folder, () => {}))).toMatchObject({
    ...{ kind: 'usage', message: 't: expected a search, coarse or fine; got a run of the stage train' },
    remedy: 'mnv4-nas runs show RUN shows it',
  });
  const folder = madeRun();
  const written = (folders: readonly string[]) => failureOf(() => writeReport(folders, join(root, 'r.html'), () => {}));
  expect(written(Array.from({ length: 9 }, () => folder)).message).toBe('expected at most 8 runs in a report; got 9');
  expect(written([folder, folder]).message).toBe('expected runs of different ids in a report; got a twice');
  writeFileSync(
    join(folder, 'config.yaml'),
    readFileSync(join(folder, 'config.yaml'), 'utf8').replace('0.05', '"much"'),
  );
  expect(failureOf(() => readReportedRun(folder, () => {})).kind).toBe('data');
});
