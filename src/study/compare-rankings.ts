/** Whether a SuperNet orders architectures as trainings of their own do. */
import { bootstrapInterval, type ConfidenceInterval } from '../core/confidence.js';
import { randomStream } from '../core/random.js';
import { kendall, spearman } from '../core/rank-correlation.js';
import { meanOf } from '../core/scoring.js';
import { meanInSuperNet } from './compare-winners.js';
import type { ArmFindings, Finding } from './run-study.js';

export interface RankingSummary {
  readonly name: string;
  /** Architectures over all seeds. */
  readonly n: number;
  /** Of accuracy in the SuperNet, on the held-out split, and accuracy alone. */
  readonly byAccuracy: RankAgreement;
  /** Of the SuperNet's cross-entropy against the teacher's labels, the lower the better. */
  readonly byLoss: RankAgreement;
  /** Means: how far the SuperNet is from what its architectures reach alone. */
  readonly inSuperNet: number;
  readonly alone: number;
  /** Stand-alone accuracy of the one that the SuperNet puts first, and of the best; the mean over the seeds. */
  readonly chosen: number;
  readonly best: number;
}

/** Means over the seeds. */
export interface RankAgreement {
  /** Kendall's tau-b, with its 95 % bootstrap interval over the architectures. */
  readonly tau: number;
  readonly interval: ConfidenceInterval;
  /** Spearman's rho. */
  readonly rho: number;
}

export function compareRankings(arms: readonly ArmFindings[]): RankingSummary[] {
  return arms.filter(({ findings }) => findings.length > 1).map(({ name, findings }) => summary(name, findings));
}

function summary(name: string, findings: readonly Finding[]): RankingSummary {
  const overSeeds = (value: (ofSeed: readonly Finding[]) => number) => meanOf(bySeed(findings).map(value));
  return {
    name,
    n: findings.length,
    byAccuracy: rankAgreement(findings, accuracyOf),
    byLoss: rankAgreement(findings, ({ held }) => -(held?.loss ?? Number.NaN)),
    inSuperNet: meanInSuperNet(findings) as number,
    alone: meanOf(findings.map(({ alone }) => alone)),
    chosen: overSeeds((ofSeed) => largest(ofSeed, accuracyOf).alone),
    best: overSeeds((ofSeed) => largest(ofSeed, ({ alone }) => alone).alone),
  };
}

type Figure = (finding: Finding) => number;

function rankAgreement(findings: readonly Finding[], figure: Figure): RankAgreement {
  const correlated = (correlation: typeof kendall, of: readonly Finding[]) =>
    meanOf(
      bySeed(of).map((ofSeed) =>
        correlation(
          ofSeed.map(figure),
          ofSeed.map(({ alone }) => alone),
        ),
      ),
    );
  const tau = (cases: readonly number[]) =>
    correlated(
      kendall,
      cases.map((i) => findings[i] as Finding),
    );
  return {
    tau: tau([...findings.keys()]),
    interval: bootstrapInterval(findings.length, tau, randomStream('study/bootstrap')),
    rho: correlated(spearman, findings),
  };
}

function bySeed(findings: readonly Finding[]): Finding[][] {
  const seeds = [...new Set(findings.map(({ seed }) => seed))];
  return seeds.map((seed) => findings.filter((finding) => finding.seed === seed));
}

function accuracyOf({ held }: Finding): number {
  return held?.top1 ?? Number.NaN;
}

function largest(findings: readonly Finding[], figure: Figure): Finding {
  return findings.reduce((a, b) => (figure(b) > figure(a) ? b : a));
}
