import { describe, expect, it } from 'vitest';
import { meanInterval } from '#core/statistics/confidence';
import { compareWinners } from '#tasks/study/compare-winners';
import type { Finding } from '#tasks/study/run-study';
import { studyMarkdown } from '#tasks/study/study-report';
import { armWith, bare, finding } from './findings.js';

const arm = (name: string, ...findings: Finding[]) => armWith(name, findings);

describe('the accuracy that the arms of a study reach', () => {
  it('counts searches that found the same architecture once in its interval', () => {
    const twice = arm('twice', finding(1, 'a', 0.6), finding(2, 'a', 0.6), finding(3, 'b', 0.9));
    const once = arm('once', finding(1, 'a', 0.6), finding(2, 'b', 0.7), finding(3, 'c', 0.8));
    const [first, second] = compareWinners([twice, once]);
    expect(first).toMatchObject({ n: 3, cases: 2, accuracy: expect.closeTo(0.7, 12) });
    expect(first?.interval).toEqual(meanInterval([0.6, 0.6, 0.9], ['a', 'a', 'b']));
    expect(second).toMatchObject({ n: 3, cases: 3, interval: meanInterval([0.6, 0.7, 0.8]) });
  });

  it('has no interval for a single architecture, however many searches found it, in JSON and in the table', () => {
    const winners = compareWinners([
      arm('alike', finding(1, 'a', 0.6), finding(2, 'a', 0.6)),
      arm('one', finding(1, 'b', 0.7)),
    ]);
    expect(winners.map(({ interval, difference }) => [interval, difference?.interval])).toEqual([
      [null, undefined],
      [null, null],
    ]);
    expect(winners[1]?.difference?.mean).toBeCloseTo(0.1, 12);
    const text = studyMarkdown({ ...bare, measure: 'winners', winners });
    expect(text).toContain('| alike | 2 of 1 architectures | 60.00 % | n/a |');
    expect(text).not.toMatch(/NaN|Infinity|null/);
  });

  it('is not compared with an arm that has no results yet', () => {
    const [winner] = compareWinners([arm('first'), arm('second', finding(1, 'a', 0.6))]);
    expect(winner).toMatchObject({ name: 'second', difference: null });
  });

  it('is compared with the first arm at the same target, of a given network over its trainings', () => {
    const arms = [1, 2].flatMap((target) => [
      armWith('searched', [finding(1, 'a', 0.7), finding(2, 'b', 0.8)], { target }),
      armWith('given', [finding(1, 'c', 0.5 + target / 10), finding(2, 'c', 0.6 + target / 10)], {
        ...{ target, isGiven: true },
      }),
    ]);
    const winners = compareWinners(arms);
    expect(winners.map(({ name, target }) => [name, target])).toEqual([
      ['searched', 1],
      ['given', 1],
      ['searched', 2],
      ['given', 2],
    ]);
    expect(winners.map(({ cases, interval }) => [cases, interval])).toEqual(
      [
        [0.7, 0.8],
        [0.6, 0.7],
        [0.7, 0.8],
        [0.7, 0.8],
      ].map((values) => [2, meanInterval(values)?.map((end) => expect.closeTo(end, 12))]),
    );
    expect(winners.map(({ difference }) => difference?.mean ?? null)).toEqual([
      null,
      expect.closeTo(-0.1, 12),
      null,
      expect.closeTo(0, 12),
    ]);
    const text = studyMarkdown({ ...bare, measure: 'winners', winners });
    expect(text).toContain('|  | target | n | test accuracy |');
    expect(text).toContain('| given | 2 | 2 | 75.00 % |');
    expect(text).toContain('| 10 | 2.0 | 1.0 |');
  });
});
