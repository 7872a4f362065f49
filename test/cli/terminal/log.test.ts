import { describe, expect, it } from 'vitest';
import { createReporter, isInteractive } from '#cli/terminal/log';
import { ofRun } from '#jobs/observer';

const cost = { value: 3, expected: 2.5, argmax: 2.1, target: 2 };
const at = (step: number) => ({ stage: 'fine', step, steps: 4, costs: [{ name: 'ms', ...cost }] });
const clear = '\r\u001b[2K';

function recorded(isTerminal: boolean, env: Record<string, string> = {}, columns = 80) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { write: (text: string) => written.push(text), columns };
  return { written, clock, reporter: createReporter({ stream, isTerminal, env, clock: () => clock.ms }) };
}

describe('without a terminal a reporter', () => {
  it('writes the fields as JSON lines', () => {
    const { written, clock, reporter } = recorded(false);
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
    const { written, reporter } = recorded(false, { SLURM_JOB_ID: '17', SLURM_PROCID: '2' });
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

describe('on a terminal a reporter', () => {
  it('redraws one line, at most ten times a second except for the last step', () => {
    const { written, clock, reporter } = recorded(true, { NO_COLOR: '1' });
    for (const [ms, step] of [
      [0, 1],
      [50, 2],
      [120, 3],
      [130, 4],
    ] as const) {
      clock.ms = ms;
      reporter.progress(at(step));
    }
    reporter.close();
    const drawn = [1, 3, 4].map((step) => `${clear}fine  ${step}/4  ${25 * step}%  ms +25%  argmax +5.0%`);
    expect(written).toEqual([...drawn, '\n']);
  });

  it('puts notes and warnings above the line', () => {
    const { written, reporter } = recorded(true, { NO_COLOR: '1' });
    ofRun(reporter, 'mine').note('begun', { seed: 1 });
    reporter.progress(at(1));
    reporter.warn('slow');
    expect(written[0]).toBe('begun  seed 1\n');
    expect(written[2]).toBe(`${clear}warning: slow\nfine  1/4  25%  ms +25%  argmax +5.0%`);
  });

  it('colours unless NO_COLOR is set, and never fills the last column', () => {
    const coloured = recorded(true, { NO_COLOR: '' });
    coloured.reporter.progress(at(1));
    expect(coloured.written[0]).toContain('\u001b[33mms +25%');
    const narrow = recorded(true, { NO_COLOR: '1' }, 10);
    narrow.reporter.progress(at(1));
    expect(narrow.written[0]).toBe(`${clear}fine  1/4`);
  });
});

it('a line is redrawn only on a capable terminal outside CI', () => {
  expect(isInteractive({ isTTY: true }, {})).toBe(true);
  expect(isInteractive({}, {})).toBe(false);
  expect(isInteractive({ isTTY: true }, { CI: 'true' })).toBe(false);
  expect(isInteractive({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
});
