import { describe, expect, it } from 'vitest';
import { kendall, spearman } from '#core/statistics/rank-correlation';
import { compareRankings } from '#tasks/study/compare-rankings';
import type { ArmFindings, Finding } from '#tasks/study/run-study';
import { studyMarkdown } from '#tasks/study/study-report';
import { armWith, bare, finding } from './findings.js';

const found = (seed: number, architecture: string, top1: number, alone: number) =>
  finding(seed, architecture, alone, { held: { top1, loss: -top1 } });
const rankingOf = (...findings: Finding[]) => compareRankings([armWith('arm', findings)])[0];

const three = [found(1, 'a', 0.1, 0.5), found(1, 'b', 0.3, 0.6), found(1, 'c', 0.2, 0.7)];

describe('the agreement of a SuperNet with stand-alone trainings', () => {
  it('is a mean over the seeds', () => {
    const second = [found(2, 'd', 0.1, 0.5), found(2, 'e', 0.2, 0.6), found(2, 'f', 0.3, 0.7)];
    const ranking = rankingOf(...three, ...second);
    const [tau, rho] = [kendall, spearman].map((of) => (of([1, 3, 2], [5, 6, 7]) + 1) / 2);
    expect(ranking).toMatchObject({ n: 6, architectures: 6 });
    for (const agreement of [ranking?.byAccuracy, ranking?.byLoss]) {
      expect(agreement?.tau).toBeCloseTo(tau as number, 12);
      expect(agreement?.rho).toBeCloseTo(rho as number, 12);
    }
  });

  it('has a confidence that grows with its architectures, not with its seeds', () => {
    const again = [2, 3, 4].flatMap((seed) => three.map((finding) => ({ ...finding, seed })));
    const [once, often] = [rankingOf(...three), rankingOf(...three, ...again)];
    expect(often).toMatchObject({ n: 12, architectures: 3, byAccuracy: { tau: once?.byAccuracy.tau } });
    expect(often?.byAccuracy.interval).toEqual(once?.byAccuracy.interval);
  });

  it('is told for each target apart', () => {
    const [low, high] = [1, 2].map((target) => armWith('arm', three, { target }));
    expect(compareRankings([low, high] as ArmFindings[]).map(({ name }) => name)).toEqual(['arm at 1', 'arm at 2']);
  });

  it('does not exist if nothing is ordered, in JSON and in the table', () => {
    const alike = rankingOf(found(1, 'a', 0.2, 0.5), found(1, 'b', 0.2, 0.5));
    expect(alike?.byAccuracy).toEqual({ tau: null, interval: null, rho: null });
    const [first] = three as [Finding];
    const seeds = rankingOf(first, { ...first, seed: 2 });
    expect(seeds?.byLoss).toEqual({ tau: null, interval: null, rho: null });
    const text = studyMarkdown({ ...bare, measure: 'ranking', rankings: [alike, seeds].flatMap((one) => one ?? []) });
    expect(text).toContain('| arm | 2 | n/a (n/a) |');
    expect(text).toContain('| arm | 2 of 1 architectures | n/a (n/a) |');
    expect(text).not.toMatch(/NaN|null/);
  });
});
