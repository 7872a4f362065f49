import { describe, expect, it } from 'vitest';
import type { Observer, Progress } from '#jobs/observer';
import { phaseClock } from '#tasks/project/time-left';

const phases = [
  { name: 'teacher', nominalSeconds: 10 },
  { name: 'dataset', nominalSeconds: 5 },
  { name: 'coarse', nominalSeconds: 20 },
] as const;

/** Reports progress in the phases of a clock and returns what arrives. */
function told(...reports: readonly (readonly [phase: number, progress: Progress])[]): Progress[] {
  const arrived: Progress[] = [];
  const observer: Observer = { progress: (progress) => arrived.push(progress), note: () => {}, warn: () => {} };
  const clock = phaseClock(phases);
  for (const [phase, progress] of reports) clock.observing(phase, observer).progress(progress);
  return arrived;
}

const halfway = { stage: 'train', step: 5, steps: 10 };

describe('the progress of several phases', () => {
  it('names the phase, its number, and how many there are', () => {
    expect(told([1, halfway])).toEqual([
      { ...halfway, stage: 'dataset', phase: { number: 2, of: 3, secondsLeft: undefined } },
    ]);
  });

  it('adds later phases at the rate of the running one', () => {
    const [first] = told([0, { ...halfway, secondsLeft: 10 }]);
    expect(first?.phase?.secondsLeft).toBeCloseTo(10 + 2 * 25, 10); // twice the nominal time
  });

  it('predicts from the rates of all phases so far, each by its nominal time', () => {
    const [, second] = told([0, { ...halfway, secondsLeft: 10 }], [1, { ...halfway, secondsLeft: 10 }]);
    expect(second?.phase?.secondsLeft).toBeCloseTo(10 + (40 / 15) * 20, 10);
  });

  it('is the running phase alone in the last one', () => {
    const [last] = told([2, { ...halfway, secondsLeft: 7 }]);
    expect(last?.phase?.secondsLeft).toBe(7);
  });

  it('has no time until a rate was measured', () => {
    const [start] = told([0, { stage: 'train', step: 0, steps: 10 }]);
    expect(start?.phase?.secondsLeft).toBeUndefined();
  });
});
