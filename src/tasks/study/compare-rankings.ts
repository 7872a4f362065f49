/** Compares a SuperNet's ranking of architectures with their ranking by stand-alone training. */

import { randomStream } from '#core/random';
import { bootstrapInterval, type ConfidenceInterval } from '#core/statistics/confidence';
import { groupBy } from '#core/statistics/group-by';
import { kendall, spearman } from '#core/statistics/rank-correlation';
import { meanOf } from '#core/statistics/scoring';
import { meanInSuperNet } from './compare-winners.js';
import type { ArmFindings, Finding } from './run-study.js';

export interface RankingSummary {
  readonly name: string;
  /** Number of findings over all seeds. */
  readonly n: number;
  /** Number of different architectures among them. */
  readonly architectures: number;
  /** Rank agreement of accuracy in the SuperNet, on the validation split, with stand-alone accuracy. */
  readonly byAccuracy: RankAgreement;
  /** The same for the SuperNet's cross-entropy against the teacher's labels, the lower the better. */
  readonly byLoss: RankAgreement;
  /** Mean accuracy in the SuperNet and, below, after stand-alone training: the gap is the SuperNet's error. */
  readonly inSuperNet: number | null;
  readonly alone: number;
  /**
   * Stand-alone accuracy of the architecture that the SuperNet ranks first, and of the best one; means over the seeds.
   */
  readonly chosen: number;
  readonly best: number;
}

/** Means over the seeds for which the correlation is defined; null if there are none. */
export interface RankAgreement {
  /** Kendall's tau-b, with its 95 % bootstrap interval: an architecture is resampled with all its findings. */
  readonly tau: number | null;
  readonly interval: ConfidenceInterval | null;
  /** Spearman's rho. */
  readonly rho: number | null;
}

export function compareRankings(arms: readonly ArmFindings[]): RankingSummary[] {
  return arms
    .filter(({ findings }) => findings.length > 1)
    .map(({ name, target, findings }) => summary(target === null ? name : `${name} at ${target}`, findings));
}

function summary(name: string, findings: readonly Finding[]): RankingSummary {
  const overSeeds = (value: (ofSeed: readonly Finding[]) => number) => meanOf(bySeed(findings).map(value));
  return {
    name,
    n: findings.length,
    architectures: byArchitecture(findings).length,
    byAccuracy: rankAgreement(findings, accuracyOf),
    byLoss: rankAgreement(findings, ({ held }) => -(held?.loss ?? Number.NaN)),
    inSuperNet: meanInSuperNet(findings),
    alone: meanOf(findings.map(({ alone }) => alone)),
    chosen: overSeeds((ofSeed) => largest(ofSeed, accuracyOf).alone),
    best: overSeeds((ofSeed) => largest(ofSeed, ({ alone }) => alone).alone),
  };
}

type Figure = (finding: Finding) => number;

function rankAgreement(findings: readonly Finding[], figure: Figure): RankAgreement {
  const correlated = (correlation: typeof kendall, of: readonly Finding[]) =>
    meanOfNumbers(
      bySeed(of).map((ofSeed) =>
        correlation(
          ofSeed.map(figure),
          ofSeed.map(({ alone }) => alone),
        ),
      ),
    );
  const architectures = byArchitecture(findings);
  const tau = (cases: readonly number[]) =>
    correlated(
      kendall,
      cases.flatMap((i) => architectures[i] as Finding[]),
    );
  return {
    tau: known(correlated(kendall, findings)),
    interval: bootstrapInterval(architectures.length, tau, randomStream('study/bootstrap')),
    rho: known(correlated(spearman, findings)),
  };
}

/** Returns the mean of the values that are not NaN; NaN if there are none. */
function meanOfNumbers(values: readonly number[]): number {
  return meanOf(values.filter((value) => !Number.isNaN(value)));
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function byArchitecture(findings: readonly Finding[]): Finding[][] {
  return groupBy(findings, ({ architecture }) => architecture);
}

function bySeed(findings: readonly Finding[]): Finding[][] {
  return groupBy(findings, ({ seed }) => `${seed}`);
}

function accuracyOf({ held }: Finding): number {
  return held?.top1 ?? Number.NaN;
}

function largest(findings: readonly Finding[], figure: Figure): Finding {
  return findings.reduce((a, b) => (figure(b) > figure(a) ? b : a));
}
