import { describe, expect, it } from 'vitest';
import { meanInterval } from '#core/statistics/confidence';
import { compareWinners } from '#tasks/study/compare-winners';
import type { Finding } from '#tasks/study/run-study';
import { studyMarkdown } from '#tasks/study/study-report';

const found = (seed: number, architecture: string, alone: number): Finding => ({
  seed,
  architecture,
  costs: { macs: { value: 90, target: 100 } },
  held: { top1: 0.5, loss: 1 },
  alone,
});
const arm = (name: string, ...findings: Finding[]) => ({ name, findings, searchImages: 10 });

describe('the accuracy that the arms of a study reach', () => {
  it('counts searches that found the same architecture once in its interval', () => {
    const twice = arm('twice', found(1, 'a', 0.6), found(2, 'a', 0.6), found(3, 'b', 0.9));
    const once = arm('once', found(1, 'a', 0.6), found(2, 'b', 0.7), found(3, 'c', 0.8));
    const [first, second] = compareWinners([twice, once]);
    expect(first).toMatchObject({ n: 3, architectures: 2, accuracy: expect.closeTo(0.7, 12) });
    expect(first?.interval).toEqual(meanInterval([0.6, 0.6, 0.9], ['a', 'a', 'b']));
    expect(second).toMatchObject({ n: 3, architectures: 3, interval: meanInterval([0.6, 0.7, 0.8]) });
  });

  it('has no interval for a single architecture, however many searches found it, in JSON and in the table', () => {
    const winners = compareWinners([
      arm('alike', found(1, 'a', 0.6), found(2, 'a', 0.6)),
      arm('one', found(1, 'b', 0.7)),
    ]);
    expect(winners.map(({ interval, difference }) => [interval, difference?.interval])).toEqual([
      [null, undefined],
      [null, null],
    ]);
    expect(winners[1]?.difference?.mean).toBeCloseTo(0.1, 12);
    const rest = { name: 's', measure: 'winners', seeds: 2, trainings: 1, rankings: null, arms: [] } as const;
    const text = studyMarkdown({ ...rest, winners });
    expect(text).toContain('| alike | 2 of 1 architectures | 60.00 % | n/a |');
    expect(text).not.toMatch(/NaN|Infinity|null/);
  });

  it('is not compared with an arm that has no results yet', () => {
    const [winner] = compareWinners([arm('first'), arm('second', found(1, 'a', 0.6))]);
    expect(winner).toMatchObject({ name: 'second', difference: null });
  });
});
