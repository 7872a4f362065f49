import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Span, traced, type Work } from '#core/trace';
import { chromeTrace, profilePlan, profiler, timeShares } from '#jobs/profile';
import { oneProcess } from '#jobs/workers/collective';

const span = (work: Work, start: number, duration: number): Span => ({ work, name: work, start, duration });

/** Two steps of 100 microseconds, computed by hand: 75 in kernels, 5 for data, 10 keeping, the rest JavaScript. */
const spans = [
  span('data', 1000, 5),
  span('kernel', 1010, 40),
  span('kernel', 1050, 20),
  span('step', 1000, 100),
  span('kernel', 1110, 15),
  span('keeping', 1190, 10),
  span('step', 1100, 100),
];

describe('shares of the time of steps', () => {
  it('add up to 1; time that no span covers is JavaScript', () => {
    const shares = timeShares(spans);
    expect(shares).toMatchObject({ kernel: 0.375, data: 0.025, keeping: 0.05, javascript: 0.55, waiting: 0 });
    expect(Object.values(shares).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
});

describe('a Chrome trace', () => {
  const { traceEvents } = chromeTrace([spans, [span('kernel', 1500, 1)]]) as {
    traceEvents: { ph: string; pid: number; cat?: string; ts?: number; dur?: number }[];
  };

  it('has a process for each worker, and times from 0 on', () => {
    expect(traceEvents.filter(({ ph }) => ph === 'M').map(({ pid }) => pid)).toEqual([0, 1]);
    expect(Math.min(...traceEvents.map(({ ts = 0 }) => ts))).toBe(0);
    expect(traceEvents.find(({ pid, ph }) => pid === 1 && ph === 'X')).toMatchObject({
      cat: 'kernel',
      ts: 500,
      dur: 1,
    });
  });

  it('shows the JavaScript between the other spans of each step', () => {
    const gaps = traceEvents.filter(({ cat }) => cat === 'javascript').map(({ ts, dur }) => [ts, dur]);
    expect(gaps).toEqual([
      [5, 5],
      [70, 30],
      [100, 10],
      [125, 65],
    ]);
  });
});

describe('a profiler', () => {
  it.each([
    { from: 0, steps: 100, expected: [5, 25] },
    { from: 40, steps: 100, expected: [45, 65] },
    { from: 0, steps: 22, expected: [2, 22] },
    { from: 0, steps: 3, expected: [0, 3] },
  ])('of 20 steps, from $from of $steps, traces $expected', ({ from, steps, expected }) => {
    const { after, until } = profilePlan('folder', 20, from, steps)!;
    expect([after, until]).toEqual(expected);
  });

  it('writes the trace of its steps once, and nothing without a plan', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'profile-'));
    const notes: string[] = [];
    const note = (line: string) => notes.push(line);
    await profiler(undefined, 0, oneProcess, note)(1);
    const after = profiler({ folder, after: 1, until: 3 }, 0, oneProcess, note);
    for (let done = 1; done <= 4; done++) {
      traced('kernel', `of step ${done - 1}`, () => {});
      await after(done);
    }
    expect(readdirSync(folder)).toEqual(['profile.json']);
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'profile.json'), 'utf8'));
    const names = traceEvents.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => name.startsWith('of'))).toEqual(['of step 1', 'of step 2']);
    expect(names.filter((name: string) => name.startsWith('step'))).toEqual(['step 1', 'step 2']);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/profile\.json .*kernel [\d.]+ %/);
  });
});
