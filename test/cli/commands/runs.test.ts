import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runsList } from '#cli/commands/runs/list';
import { runsPrune } from '#cli/commands/runs/prune';
import { runsReport } from '#cli/commands/runs/report';
import { runsShow } from '#cli/commands/runs/show';
import { runsWatch } from '#cli/commands/runs/watch';
import { readRunSummary } from '#jobs/runs/run-summary';
import { readSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { findSpace } from '#networks/zoo/shipped';
import { printed } from '#test/cli/printed';
import { failureOfAsync } from '#test/data/fixtures';
import { opened, searchEvent, searchResult, temporaryFolder, trainingResult } from '#test/jobs/runs/run-fixture';

function doneRun(root: string) {
  const run = opened(root, { id: 'small-1', stage: 'fine' });
  run.progress(400);
  run.writeArchitecture(printSpace(readSpace(findSpace('mnv4-conv-s'))));
  const costs = {
    'reference ms': { value: 0.206, target: 0.2 }, // the format of older runs
    macs: { value: 187_400_000, expected: 188_000_000, argmax: 187_400_000, target: 190_000_000 },
    params: { value: 3_700_000, expected: 3_900_000, argmax: 3_800_000, target: 4_000_000 }, // a drawn architecture won
  };
  run.writeResult(searchResult({ decisions: [1], costs }));
  run.finish('done');
  return run;
}

afterEach(() => void vi.restoreAllMocks());

describe('runs list', () => {
  it('prints a line per run, and names unreadable ones on standard error', async () => {
    const root = temporaryFolder();
    doneRun(root);
    opened(root, { id: 'other' }).finish('stopped');
    opened(root, { id: 'broken' }).finish('stopped');
    writeFileSync(join(root, 'broken', 'state.json'), '[]');
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const out = await printed(runsList, '--root', root);
    expect(out.split('\n')).toEqual([
      'run      stage   status        steps  quality  reward',
      'other    coarse  stopped    0 of 400        -       -',
      'small-1  fine    done     400 of 400   0.8100  0.8000',
      '',
    ]);
    expect(err.mock.calls.join('')).toContain(`warning: ${join(root, 'broken', 'state.json')}`);
  });

  it('prints one JSON document', async () => {
    const root = temporaryFolder();
    expect(await printed(runsList, '--root', root, '--json')).toBe('[]\n');
    expect(await printed(runsList, '--root', root)).toBe(`no runs under ${root}\n`);
    doneRun(root);
    const state = { id: 'small-1', stage: 'fine', status: 'done', step: 400, steps: 400, job: null };
    const entry = { ...state, quality: 0.81, reward: 0.8 };
    expect(JSON.parse(await printed(runsList, '--root', root, '--json'))).toEqual([entry]);
  });

  it("shows the scheduler's job that began or last resumed each run", async () => {
    const root = temporaryFolder();
    vi.stubEnv('SLURM_JOB_ID', '17');
    opened(root, { id: 'resumed' }).finish('stopped');
    vi.stubEnv('SLURM_ARRAY_JOB_ID', '18').stubEnv('SLURM_ARRAY_TASK_ID', '2');
    opened(root, { id: 'resumed' }).finish('done');
    vi.unstubAllEnvs();
    opened(root, { id: 'without' }).finish('stopped');
    expect((await printed(runsList, '--root', root)).split('\n').slice(0, 3)).toEqual([
      'run      stage   status      steps  quality  reward  job',
      'resumed  coarse  done     0 of 400        -       -  18_2',
      'without  coarse  stopped  0 of 400        -       -  -',
    ]);
    const entries = JSON.parse(await printed(runsList, '--root', root, '--json'));
    expect(entries.map(({ job }: { job: string | null }) => job)).toEqual(['18_2', null]);
  });
});

describe('runs report', () => {
  it('names runs that do not exist, trainings and sets, before it writes anything', async () => {
    const root = temporaryFolder();
    doneRun(root);
    opened(root, { id: 'trained', stage: 'train' });
    const set = join(root, 'set');
    mkdirSync(set);
    writeFileSync(join(set, 'manifest.json'), '{}');
    const out = join(root, 'report.html');
    const failure = (run: string) => failureOfAsync(() => printed(runsReport, run, '--root', root, '--out', out));
    const problems = [
      ['small-2', `small-2: expected a run under ${root}; got none; did you mean small-1?`],
      ['trained', 'trained: expected a search, coarse or fine; got a run of the stage train'],
      [set, `${set}: expected a search; got a distillation set`],
    ] as const;
    for (const [run, message] of problems) {
      expect(await failure(run)).toMatchObject({ kind: 'usage', exitCode: 2, message });
    }
    expect(readdirSync(root)).not.toContain('report.html');
  });
});

describe('runs prune', () => {
  it('lists what it would remove, and removes it with --yes, but no run in progress', async () => {
    const root = temporaryFolder();
    doneRun(root);
    opened(root, { id: 'busy' });
    opened(root, { id: 'broken' }).finish('failed');
    const listed = await printed(runsPrune, '--root', root, '--status', 'failed,stopped');
    expect(listed).toMatch(
      /^run +stage +status +changed +size\nbroken +coarse +failed +0s ago +0.0 MB\n1 to remove, 0.0 MB: --yes/,
    );
    expect(readdirSync(root)).toEqual(['broken', 'busy', 'small-1']);
    expect(await printed(runsPrune, '--root', root, '--older', '0m', '--yes')).toMatch(/removed 2, 0.0 MB\n$/);
    expect(readdirSync(root)).toEqual(['busy']);
    expect(await printed(runsPrune, '--root', root, '--keep-best', '1')).toBe(`no such runs under ${root}\n`);
  });

  it('without a condition is a usage failure', async () => {
    expect((await failureOfAsync(() => printed(runsPrune))).message).toContain('expected --older, --status or');
  });
});

describe('runs watch', () => {
  it('prints the latest event of a run and its end as text and as JSON Lines', async () => {
    const root = temporaryFolder();
    const run = opened(root, { id: 'small-2' });
    run.openLog('events', undefined).append(searchEvent({ step: 40, quality: 0.25 }));
    run.progress(40);
    run.finish('stopped');
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await printed(runsWatch, 'small-2', '--root', root);
    await printed(runsWatch, 'small-2', '--root', root, '--json');
    const lines = out.mock.calls.map(([text]) => String(text));
    expect(lines[0]).toMatch(/^small-2 {2}40\/400 {2}10% {2}loss .* quality 0.25/);
    expect(lines[1]).toBe('small-2  stopped after step 40 of 400\n');
    expect(lines.slice(2).map((line) => JSON.parse(line))).toMatchObject([
      { run: 'small-2', step: 40, quality: 0.25 },
      { run: 'small-2', status: 'stopped', step: 40, steps: 400 },
    ]);
  });

  it('without runs in progress says so', async () => {
    const root = temporaryFolder();
    expect(await printed(runsWatch, '--root', root)).toBe(`no run in progress under ${root}\n`);
  });
});

describe('runs show', () => {
  it('prints the facts and the architecture block by block', async () => {
    const root = temporaryFolder();
    doneRun(root);
    const lines = (await printed(runsShow, 'small-1', '--root', root)).split('\n');
    expect(lines.slice(0, 11)).toEqual([
      'small-1',
      'stage         fine',
      'status        done',
      'steps         400 of 400',
      'quality       0.8100',
      'validation    80.00 % of 100 images (95 % interval 70.00 to 90.00)',
      'reward        0.8000',
      'entropy       0.4000, 1.0000 at the start',
      'reference ms  0.206, target 0.2 (+3.0%)',
      'macs          187,400,000, target 190,000,000 (-1.4%), expected 188,000,000 (-1.1%)',
      'params        3,700,000, target 4,000,000 (-7.5%), expected 3,900,000 (-2.5%), argmax 3,800,000 (-5.0%)',
    ]);
    const drawn = lines.slice(1 + lines.indexOf(''));
    expect(drawn[0]).toBe('mnv4-conv-s  224 x 224 x 3, 1000 classes');
    expect(drawn[1]).toMatch(/^block +kind +layers +output +share +of MACs$/);
    expect(drawn[2]).toMatch(/^ {2}0\.0 +conv +conv 3x3 32 \/2 +112 x 112 x 32 +5\.8 % +█+$/);
    expect(drawn.at(-2)).toMatch(/^head +1x1 960 ─ pool ─ 1x1 1280 ─ fc 1000 +1 x 1 x 1000 +\d\.\d % +█*$/);
    const shares = (start: RegExp) =>
      drawn.filter((line) => start.test(line)).map((line) => Number(/([\d.]+) %/.exec(line)?.[1]));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(shares(/^ {2}\d|^head/))).toBeCloseTo(100, 0);
    expect(shares(/^stage 3/)).toEqual([expect.closeTo(sum(shares(/^ {2}3\./)), 0)]);
  });

  it('draws the shares in the latency on the device of the run, and the course of its reward', async () => {
    const root = temporaryFolder();
    const run = opened(root, { id: 'timed' });
    const log = run.openLog('events', undefined);
    for (const step of [100, 200, 300, 400]) log.append(searchEvent({ step, reward: step / 500 }));
    run.progress(400);
    run.writeArchitecture(printSpace(readSpace(findSpace('mnv4-conv-s'))));
    run.writeResult(searchResult({ decisions: [1], costs: { 'latencyMs@pixel-6-cpu': { value: 1, target: 1 } } }));
    run.finish('done');
    const out = await printed(runsShow, 'timed', '--root', root);
    expect(out).toMatch(/^course of reward +0\.2000 ▁▃▆█ 0\.8000$/m);
    expect(out).toMatch(/ share {2}of latency on pixel-6-cpu, ms$/m);
  });

  it('of a training prints the accuracy, the weights, the worst classes and the confusions', async () => {
    const root = temporaryFolder();
    const run = opened(root, { id: 'net-1', stage: 'train' });
    const byClass = {
      classes: [
        { name: 'cat', n: 50, top1: 0.6 },
        { name: 'dog', n: 50, top1: 1 },
      ],
      confusions: [{ label: 'cat', predicted: 'dog', n: 20, share: 0.4 }],
    };
    run.writeResult(trainingResult({ byClass, weights: 'average' }));
    run.finish('done');
    expect((await printed(runsShow, 'net-1', '--root', root)).trimEnd().split('\n').slice(4)).toEqual([
      'quality  0.8000',
      'test     80.00 % of 100 images (95 % interval 70.00 to 90.00), top-5 100.00 %',
      'weights  moving average',
      'reward   -',
      'entropy  -',
      `folder   ${run.folder}`,
      'worst classes',
      '  cat  60.00 %  of 50',
      'most frequent confusions',
      '  cat taken for dog  40.00 %  20 images',
    ]);
  });

  it('prints the summary as one JSON document', async () => {
    const root = temporaryFolder();
    const { folder } = doneRun(root);
    expect(JSON.parse(await printed(runsShow, folder, '--json'))).toEqual(readRunSummary(folder));
  });

  it('of a missing run is a usage failure', async () => {
    const root = temporaryFolder();
    doneRun(root);
    const failure = await failureOfAsync(() => printed(runsShow, 'small-2', '--root', root));
    expect(failure.message).toContain('did you mean small-1?');
  });
});
