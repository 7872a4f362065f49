import { describe, expect, it } from 'vitest';
import { kendall } from '#core/statistics/rank-correlation';
import { deviationOf } from '#core/statistics/scoring';
import { compareLengths } from '#tasks/study/compare-lengths';
import { studyMarkdown } from '#tasks/study/study-report';
import { armWith, bare, finding } from './findings.js';

const trained = (short: readonly number[], long: readonly number[]) =>
  finding(1, `${short}`, long[0] as number, {
    trained: [
      { epochs: 3, runs: [], top1: short, seconds: 60 },
      { epochs: 10, runs: [], top1: long, seconds: 200 },
    ],
  });

describe('the lengths of stand-alone trainings', () => {
  const three = [
    trained([0.5, 0.52], [0.7, 0.74]),
    trained([0.6, 0.62], [0.8, 0.84]),
    trained([0.4, 0.42], [0.9, 0.94]),
  ];

  it('are compared by the spread of accuracies, their noise and their order', () => {
    const [short, long] = compareLengths([armWith('arm', three)]);
    const among = deviationOf([0.51, 0.61, 0.41]) as number;
    const within = deviationOf([0.5, 0.52]) as number;
    const signal = among ** 2 - within ** 2 / 2;
    expect(short).toMatchObject({ name: 'arm', target: null, epochs: 3, n: 3, seconds: 60 });
    expect(short?.accuracy).toBeCloseTo(0.51, 12);
    expect(short?.among).toBeCloseTo(among, 12);
    expect(short?.within).toBeCloseTo(within, 12);
    expect(short?.spread).toBeCloseTo(Math.sqrt(signal), 12);
    expect(short?.ceiling).toBeCloseTo((0.1 * signal) / among ** 2, 12);
    expect(short?.tau).toBeCloseTo(kendall([2, 3, 1], [1, 2, 3]), 12);
    expect(long).toMatchObject({ epochs: 10, tau: null, interval: null });
  });

  it('have a spread of 0 where the noise explains it, and none with one training of each', () => {
    const noisy = [trained([0.5, 0.6], [0.5, 0.6]), trained([0.51, 0.61], [0.51, 0.61])];
    expect(compareLengths([armWith('arm', noisy)])[0]).toMatchObject({ spread: 0, ceiling: 0 });
    const once = [trained([0.5], [0.5]), trained([0.6], [0.6])];
    const lengths = compareLengths([armWith('arm', once)]);
    expect(lengths[0]).toMatchObject({ within: null, spread: null, ceiling: null, tau: 1 });
    const text = studyMarkdown({ ...bare, measure: 'lengths', lengths });
    expect(text).toContain('| arm | 3 | 2 | 55.00 % | 7.07 % | n/a | n/a | n/a | 1.00 (');
    expect(text).not.toMatch(/NaN|null/);
  });

  it('are not compared before the first training', () => {
    expect(compareLengths([armWith('arm', [])])).toEqual([]);
  });
});
