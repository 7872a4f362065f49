import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runsCommand } from '#cli/commands/runs';
import { readRunSummary } from '#jobs/runs/run-summary';
import { readSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { findSpace } from '#networks/zoo/shipped';
import { failureOf, opened, searchResult, temporaryFolder } from '#test/jobs/runs/run-fixture';

/** What `mnv4-nas runs ARGS` writes. */
function runs(...args: string[]): { out: string; err: string } {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    runsCommand().parse(args, { from: 'user' });
    const text = (spy: typeof out) => spy.mock.calls.map(([chunk]) => chunk).join('');
    return { out: text(out), err: text(err) };
  } finally {
    vi.restoreAllMocks();
  }
}

function doneRun(root: string) {
  const run = opened(root, { id: 'small-1', stage: 'fine' });
  run.progress(400);
  run.writeArchitecture(printSpace(readSpace(findSpace('mnv4-conv-s'))));
  const costs = {
    'reference ms': { value: 0.206, target: 0.2 }, // as runs of old have it
    macs: { value: 187_400_000, expected: 188_000_000, argmax: 187_400_000, target: 190_000_000 },
    params: { value: 3_700_000, expected: 3_900_000, argmax: 3_800_000, target: 4_000_000 }, // one drawn won
  };
  run.writeResult(searchResult({ decisions: [1], costs }));
  run.finish('done');
  return run;
}

afterEach(() => void vi.restoreAllMocks());

describe('runs list', () => {
  it('prints a line per run, and on standard error what it could not read', () => {
    const root = temporaryFolder();
    doneRun(root);
    opened(root, { id: 'other' }).finish('stopped');
    opened(root, { id: 'broken' }).finish('stopped');
    writeFileSync(join(root, 'broken', 'state.json'), '[]');
    const { out, err } = runs('list', '--root', root);
    expect(out.split('\n')).toEqual([
      'run      stage   status        steps  quality  reward',
      'other    coarse  stopped    0 of 400        -       -',
      'small-1  fine    done     400 of 400   0.8100  0.8000',
      '',
    ]);
    expect(err).toContain(`warning: ${join(root, 'broken', 'state.json')}`);
  });

  it('prints one JSON document', () => {
    const root = temporaryFolder();
    expect(runs('list', '--root', root, '--json').out).toBe('[]\n');
    expect(runs('list', '--root', root).out).toBe(`no runs under ${root}\n`);
    doneRun(root);
    const entry = { id: 'small-1', stage: 'fine', status: 'done', step: 400, steps: 400, quality: 0.81, reward: 0.8 };
    expect(JSON.parse(runs('list', '--root', root, '--json').out)).toEqual([entry]);
  });
});

describe('runs show', () => {
  it('prints the facts and the architecture block by block', () => {
    const root = temporaryFolder();
    doneRun(root);
    const lines = runs('show', 'small-1', '--root', root).out.split('\n');
    expect(lines.slice(0, 11)).toEqual([
      'small-1',
      'stage         fine',
      'status        done',
      'steps         400 of 400',
      'quality       0.8100',
      'held-out      80.00 % of 100 images (95 % interval 70.00 to 90.00)',
      'reward        0.8000',
      'entropy       0.4000, 1.0000 at the start',
      'reference ms  0.206, target 0.2 (+3.0%)',
      'macs          187,400,000, target 190,000,000 (-1.4%), expected 188,000,000 (-1.1%)',
      'params        3,700,000, target 4,000,000 (-7.5%), expected 3,900,000 (-2.5%), argmax 3,800,000 (-5.0%)',
    ]);
    expect(lines.find((line) => line.startsWith('0.0'))).toMatch(/^0\.0 +conv +conv 3x3 32 \/2 +112 x 112 x 32$/);
    expect(lines.at(-2)).toMatch(/^head +1x1 960 ─ average pool ─ 1x1 1280 ─ fc +1000 classes$/);
  });

  it('prints the summary as one JSON document', () => {
    const root = temporaryFolder();
    const { folder } = doneRun(root);
    expect(JSON.parse(runs('show', folder, '--json').out)).toEqual(readRunSummary(folder));
  });

  it('of a missing run is a usage failure', () => {
    const root = temporaryFolder();
    doneRun(root);
    expect(failureOf(() => runs('show', 'small-2', '--root', root)).message).toContain('did you mean small-1?');
  });
});
