import { describe, expect, it } from 'vitest';
import { createReporter, isInteractive } from '#cli/terminal/log';
import { ofRun } from '#jobs/observer';

const cost = { value: 3, expected: 2.5, argmax: 2.1, target: 2 };
const at = (step: number) => ({ stage: 'fine', step, steps: 4, costs: [{ name: 'ms', ...cost }] });

function recorded(env: Record<string, string> = {}) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { write: (text: string) => written.push(text) };
  return { written, clock, reporter: createReporter({ stream, isTerminal: false, env, clock: () => clock.ms }) };
}

describe('without a terminal a reporter', () => {
  it('writes the fields as JSON lines', () => {
    const { written, clock, reporter } = recorded();
    clock.ms = 1700;
    reporter.progress(at(1));
    reporter.note('wrote a checkpoint', { step: 1 });
    reporter.warn('slow');
    reporter.close();
    expect(written.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        time: 1700,
        rank: 0,
        stage: 'fine',
        step: 1,
        steps: 4,
        costs: { ms: cost },
        msg: 'progress',
      },
      { level: 'info', time: 1700, rank: 0, step: 1, msg: 'wrote a checkpoint' },
      { level: 'warn', time: 1700, rank: 0, msg: 'slow' },
    ]);
    expect(written.every((line) => line.endsWith('}\n'))).toBe(true);
  });
});

describe('without a terminal, every line of a run', () => {
  it("names the run, the scheduler's job and the rank, also a run within a project", () => {
    const { written, reporter } = recorded({ SLURM_JOB_ID: '17', SLURM_PROCID: '2' });
    const project = ofRun(reporter, 'mine');
    project.warn('few images');
    const stage = ofRun(project, 'mine-coarse');
    stage.progress(at(1));
    stage.note('resuming', { step: 4 });
    const named = written.map((line) => JSON.parse(line)).map(({ run, job, rank }) => ({ run, job, rank }));
    const [ofProject, ofStage] = ['mine', 'mine-coarse'].map((run) => ({ run, job: '17', rank: 2 }));
    expect(named).toEqual([ofProject, ofStage, ofStage]);
    expect(written.join('').match(/"run":/g)).toHaveLength(3);
  });
});

it('lines are redrawn only on a capable terminal outside CI', () => {
  expect(isInteractive({ isTTY: true }, {})).toBe(true);
  expect(isInteractive({}, {})).toBe(false);
  expect(isInteractive({ isTTY: true }, { CI: 'true' })).toBe(false);
  expect(isInteractive({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
});
