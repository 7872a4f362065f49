/** How much the length of stand-alone trainings matters: whether they order architectures alike, beyond their noise. */
import { randomStream } from '#core/random';
import { bootstrapInterval, type ConfidenceInterval } from '#core/statistics/confidence';
import { kendall } from '#core/statistics/rank-correlation';
import { deviationOf, meanOf } from '#core/statistics/scoring';
import type { ArmFindings } from './run-study.js';
import type { TrainedAlone } from './trained-alone.js';

/** The stand-alone trainings of one length of an arm's architectures. */
export interface LengthSummary {
  readonly name: string;
  readonly target: number | null;
  readonly epochs: number;
  /** Number of architectures. */
  readonly n: number;
  /** Mean top-1 on the test split. */
  readonly accuracy: number;
  /** Standard deviation of the architectures' mean accuracies; null for one architecture. */
  readonly among: number | null;
  /** Standard deviation of the trainings of one architecture, pooled; null with one training of each. */
  readonly within: number | null;
  /** Standard deviation of true accuracies: `among` without the share that the noise of trainings causes. */
  readonly spread: number | null;
  /**
   * Expected true gain of the architecture with the best mean over the mean of all: the difference, times the share of
   * the variance that is not noise. The ceiling of any search among these architectures.
   */
  readonly ceiling: number | null;
  /** Kendall's tau-b with the longest trainings, with its 95 % bootstrap interval; null for these themselves. */
  readonly tau: number | null;
  readonly interval: ConfidenceInterval | null;
  /** Seconds of one training. */
  readonly seconds: number;
}

export function compareLengths(arms: readonly ArmFindings[]): LengthSummary[] {
  return arms.flatMap(({ name, target, findings }) => {
    const finished = findings.map(({ trained }) => trained);
    const longest = finished.map((trained) => meanOf((trained.at(-1) as TrainedAlone).top1));
    return (finished[0] ?? []).map((_, length) => {
      const trained = finished.map((lengths) => lengths[length] as TrainedAlone);
      const isLongest = length === (finished[0]?.length ?? 0) - 1;
      return { name, target, ...spreadOf(trained), ...agreementOf(trained, isLongest ? null : longest) };
    });
  });
}

function spreadOf(trained: readonly TrainedAlone[]) {
  const means = trained.map(({ top1 }) => meanOf(top1));
  const accuracy = meanOf(means);
  const among = deviationOf(means);
  const within = withinOf(trained);
  const [{ epochs, top1 }] = trained as readonly [TrainedAlone];
  const signal = among === null || within === null ? null : Math.max(0, among ** 2 - within ** 2 / top1.length);
  return {
    epochs,
    n: trained.length,
    accuracy,
    among,
    within,
    spread: signal === null ? null : Math.sqrt(signal),
    ceiling: signal === null || !among ? null : (Math.max(...means) - accuracy) * (signal / among ** 2),
    seconds: meanOf(trained.map(({ seconds }) => seconds)),
  };
}

/** Returns the pooled standard deviation of the trainings of one architecture; null with one training of each. */
function withinOf(trained: readonly TrainedAlone[]): number | null {
  const deviations = trained.map(({ top1 }) => deviationOf(top1)).filter((deviation) => deviation !== null);
  return deviations.length === 0 ? null : Math.sqrt(meanOf(deviations.map((deviation) => deviation ** 2)));
}

function agreementOf(trained: readonly TrainedAlone[], longest: readonly number[] | null) {
  if (longest === null || trained.length < 2) return { tau: null, interval: null };
  const means = trained.map(({ top1 }) => meanOf(top1));
  const tau = (cases: readonly number[]) =>
    kendall(
      cases.map((i) => means[i] as number),
      cases.map((i) => longest[i] as number),
    );
  const value = tau([...means.keys()]);
  const interval = bootstrapInterval(means.length, tau, randomStream('study/bootstrap'));
  return { tau: Number.isNaN(value) ? null : value, interval };
}
