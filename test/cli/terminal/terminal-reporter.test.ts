import xterm from '@xterm/headless';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { sparkline } from '#cli/terminal/sparkline';
import { hasColours } from '#cli/terminal/style';
import { terminalReporter } from '#cli/terminal/terminal-reporter';
import { ofRun, type Progress } from '#jobs/observer';

beforeEach(() => void vi.useFakeTimers({ now: 0, toFake: ['Date', 'setInterval', 'clearInterval'] })); // not the emulator's
afterEach(() => void vi.useRealTimers());

/**
 * A reporter that writes to an emulated terminal.
 *
 * @param isLate  true if the program learns of a new size only by the signal, since the emulator tells the kernel late
 */
function onScreen(columns = 80, rows = 24, env: Record<string, string> = { NO_COLOR: '1' }, isLate = false) {
  const terminal = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true });
  let written = '';
  let resized = () => {};
  let known = { columns, rows };
  const learn = () => {
    if (terminal.cols === known.columns && terminal.rows === known.rows) return;
    known = { columns: terminal.cols, rows: terminal.rows };
    resized();
  };
  const stream = {
    write: (text: string) => {
      written += text;
      terminal.write(text);
    },
    get columns() {
      return known.columns;
    },
    get rows() {
      return known.rows;
    },
    refresh: () => {
      if (!isLate) learn();
    },
    on: (_: string, listener: () => void) => {
      resized = listener;
    },
    off: () => {},
  };
  const reporter = terminalReporter({
    stream,
    isTerminal: true,
    env: { TERM_PROGRAM: 'vscode', ...env },
    clock: Date.now,
  }); // xterm.js
  const settled = () => new Promise<void>((done) => terminal.write('', done));
  onTestFinished(() => reporter.close());
  const lines = async () => {
    await settled();
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString().trimEnd() ?? '');
    return all.slice(0, 1 + all.findLastIndex((line) => line !== ''));
  };
  /** The lines without the rows that the terminal has wrapped them into. */
  const joined = async () => {
    const rows = await lines();
    const joins = (i: number) => terminal.buffer.active.getLine(i)?.isWrapped === true;
    return rows
      .map((row, i) => (joins(i) ? row : `\n${row}`))
      .join('')
      .split('\n')
      .slice(1);
  };
  /** Changes the window; the program hears of it at once or, like while it computes, only when it looks. */
  const resize = async (to: number, isHeard = true, high = rows) => {
    await settled();
    terminal.resize(to, high);
    if (isHeard) learn();
  };
  return { reporter, lines, joined, resize, terminal, written: () => written };
}

function report(step: number, more: Partial<Progress> = {}): Progress {
  return {
    stage: 'coarse',
    run: 'small-coarse',
    phase: { number: 4, of: 6, secondsLeft: 900 },
    step,
    steps: 400,
    loss: 2.3,
    quality: 0.78,
    reward: step / 400,
    costs: [{ name: 'ms', value: 3, expected: 2.5, argmax: 2.1, target: 2 }],
    imagesPerSecond: 1234.4,
    dataWait: 0.12,
    secondsLeft: 125,
    ...more,
  };
}

describe('on a terminal a reporter', () => {
  it('shows place, time, reward with its course, and costs against their targets', async () => {
    const { reporter, lines } = onScreen();
    for (const step of [100, 200, 300]) {
      vi.setSystemTime(step * 100);
      reporter.progress(report(step));
    }
    expect(await lines()).toEqual([
      '',
      '4/6 coarse  ━━━━━━━━━━━━━━━─────  300/400  75%  small-coarse',
      '2m05s left  15m00s in all  10.0 steps/s  1,234 images/s  data wait 12%',
      'reward 0.750  ▁▅█  quality 0.780  loss 2.300',
      'ms 2.50 (+25%)  target 2.00  argmax 2.10 (+5.0%)',
    ]);
  });

  it('counts the time left down between reports', async () => {
    const { reporter, lines } = onScreen();
    reporter.progress(report(100));
    vi.advanceTimersByTime(5000);
    expect((await lines())[2]).toMatch(/^2m00s left {2}14m55s in all/);
  });

  it('puts messages above the block, and leaves a line about each stage and no block', async () => {
    const { reporter, lines, terminal } = onScreen();
    ofRun(reporter, 'mine').note('begun', { seed: 1 });
    reporter.progress(report(100));
    reporter.warn('slow');
    reporter.progress(report(5, { stage: 'train', reward: undefined, costs: [], phase: { number: 5, of: 6 } }));
    reporter.note('x'.repeat(100));
    reporter.close();
    expect(await lines()).toEqual([
      'begun  seed 1',
      'warning: slow',
      '4/6 coarse  100/400  loss 2.300  quality 0.780  ms +25%',
      'x'.repeat(80),
      'x'.repeat(20),
      '5/6 train  5/400  1%  loss 2.300  quality 0.780  1,234 images/s  data wait 12%',
    ]);
    expect(terminal.buffer.active.cursorX).toBe(0);
  });

  it.each([80, 50, 30, 14])('never wraps a line in %i columns, nor after a resize', async (columns) => {
    const { reporter, lines, resize } = onScreen(columns);
    reporter.note('a line above');
    reporter.progress(report(100));
    const before = await lines();
    for (const width of [columns - 1, 13, 100, 20, columns]) {
      await resize(width);
      const shown = await lines();
      expect(shown.slice(0, 2)).toEqual(['a line above', '']);
      expect(shown).toHaveLength(before.length);
      expect(Math.max(...shown.map((line) => line.length))).toBeLessThan(width);
    }
    expect(await lines()).toEqual(before);
  });

  it('cuts its lines in a window of three columns', async () => {
    const { reporter, lines } = onScreen(3);
    reporter.progress(report(100));
    expect(await lines()).toEqual(['', '4/', '2m', 're', 'ms']);
  });

  it('keeps every line of a log whole, whatever is reported between and however the window changes', async () => {
    const event = fc.oneof(
      fc.record({ step: fc.nat(400) }),
      fc.record({ note: fc.nat(60) }),
      fc.record({
        width: fc.integer({ min: 22, max: 100 }),
        height: fc.integer({ min: 6, max: 24 }),
        isHeard: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 15 }), fc.boolean(), async (events, isLate) => {
        const { reporter, joined, resize } = onScreen(80, 24, { NO_COLOR: '1' }, isLate);
        const notes: string[] = [];
        for (const one of events) {
          if ('step' in one) reporter.progress(report(one.step));
          else if ('note' in one) notes.push(`note ${notes.length} ${'x'.repeat(one.note)}.`);
          if ('note' in one) reporter.note(notes.at(-1) as string);
          if ('width' in one) await resize(one.width, one.isHeard, one.height);
        }
        reporter.close();
        const lines = await joined();
        expect(lines.filter((line) => line.startsWith('note'))).toEqual(notes);
        expect(lines.filter((line) => /left|target/.test(line))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('shows fewer lines where the window is low', async () => {
    const { reporter, lines } = onScreen(80, 4);
    reporter.progress(report(100));
    expect(await lines()).toHaveLength(3);
  });

  it('leaves the cursor visible after each write, and at most ten times a second writes', async () => {
    const { reporter, written } = onScreen();
    for (let ms = 0; ms < 1000; ms += 10) {
      vi.setSystemTime(ms);
      reporter.progress(report(100 + ms / 10));
      expect(written().lastIndexOf('\u001b[?25h')).toBeGreaterThan(written().lastIndexOf('\u001b[?25l'));
    }
    expect(written().split('\u001b[?25l')).toHaveLength(11);
  });
});

it.each([
  [{}, true],
  [{ NO_COLOR: '' }, true],
  [{ NO_COLOR: '1' }, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '0' }, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '' }, false],
])('with %j there are colours: %s', (env, expected) => {
  expect(hasColours(env)).toBe(expected);
  const { reporter, written } = onScreen(80, 24, env);
  reporter.progress(report(100));
  expect(written().includes('\u001b[33m')).toBe(expected);
});

describe('a sparkline', () => {
  it.each([
    [[0, 1, 2, 3, 4, 5, 6, 7], 20, '▁▂▃▄▅▆▇█'],
    [[3, 3, 3], 20, '▄▄▄'],
    [[0, 0, 7, 7], 2, '▁█'],
    [[1, Number.NaN, 2], 20, '▁█'],
    [[1], 20, ''],
    [[1, 2], 1, ''],
    [[1, 2], -5, ''],
  ])('of %j in %i columns is %s', (values, width, drawn) => expect(sparkline(values, width)).toBe(drawn));
});
