/** Compares the arms of a study by stand-alone accuracy, with confidence intervals. */
import { type ConfidenceInterval, differenceInterval, meanInterval } from '#core/statistics/confidence';
import { groupBy } from '#core/statistics/group-by';
import { meanOf } from '#core/statistics/scoring';
import type { ArmFindings, Finding } from './run-study.js';
import type { TrainedAlone } from './trained-alone.js';

export interface ArmSummary {
  readonly name: string;
  /** Target of the first cost; null if the study states none. */
  readonly target: number | null;
  readonly n: number;
  /** Number of different cases among the `n` findings: of architectures, or of trainings of a given network. */
  readonly cases: number;
  /** Mean top-1 on the test split after training from scratch. */
  readonly accuracy: number;
  /** 95 % interval of the mean; null for one case. */
  readonly interval: ConfidenceInterval | null;
  /**
   * Difference from the accuracy of the first arm at this target; null for that arm itself, or if it has no findings.
   */
  readonly difference: { readonly mean: number; readonly interval: ConfidenceInterval | null } | null;
  /** Mean cost, and mean relative distance from its target, by the cost's name. */
  readonly costs: Readonly<Record<string, { readonly mean: number; readonly distance: number }>>;
  /** Mean top-1 in the SuperNet, on the validation split; null without a SuperNet. */
  readonly inSuperNet: number | null;
  /** Mean top-1 in the SuperNet of the study's judge, on the validation split; null without a judge. */
  readonly alike: number | null;
  readonly searchImages: number;
  /** Mean seconds of a search and of one stand-alone training. */
  readonly searchSeconds: number;
  readonly trainingSeconds: number;
}

export function compareWinners(arms: readonly ArmFindings[]): ArmSummary[] {
  return groupBy(arms, ({ target }) => `${target}`).flatMap(compareAtTarget);
}

function compareAtTarget(arms: readonly ArmFindings[]): ArmSummary[] {
  const first = sampleOf(arms[0] as ArmFindings);
  const known = arms.filter(({ findings }) => findings.length > 0);
  return known.map((arm) => {
    const { name, target, findings, searchImages } = arm;
    const { values, cases } = sampleOf(arm);
    const accuracy = meanOf(values);
    const interval = differenceInterval(values, first.values, cases, first.cases);
    const isFirst = name === arms[0]?.name || first.values.length === 0;
    return {
      name,
      target,
      n: findings.length,
      cases: new Set(cases).size,
      accuracy,
      interval: meanInterval(values, cases),
      difference: isFirst ? null : { mean: accuracy - meanOf(first.values), interval },
      costs: meanCosts(findings),
      inSuperNet: meanInSuperNet(findings),
      alike: meanOfKnown(findings.map(({ alike }) => alike)),
      searchImages,
      searchSeconds: meanOf(findings.map(({ searchSeconds }) => searchSeconds)),
      trainingSeconds: meanOf(findings.map(({ trained }) => (trained.at(-1) as TrainedAlone).seconds)),
    };
  });
}

/**
 * Returns the stand-alone accuracies and their cases: searches that found the same architecture share its trainings,
 * those of a given network differ.
 */
function sampleOf({ findings, isGiven }: ArmFindings) {
  const cases = findings.map(({ architecture, seed }) => (isGiven ? seed : architecture));
  return { values: findings.map(({ alone }) => alone), cases };
}

export function meanInSuperNet(findings: readonly Finding[]): number | null {
  return meanOfKnown(findings.map(({ held }) => held?.top1));
}

function meanOfKnown(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? null : meanOf(known);
}

function meanCosts(findings: readonly Finding[]): ArmSummary['costs'] {
  const names = Object.keys(findings[0]?.costs ?? {});
  const ofName = (name: string) => findings.map(({ costs }) => costs[name] as Finding['costs'][string]);
  const summary = (name: string) => ({
    mean: meanOf(ofName(name).map(({ value }) => value)),
    distance: meanOf(ofName(name).map(({ value, target }) => value / target - 1)),
  });
  return Object.fromEntries(names.map((name) => [name, summary(name)]));
}
