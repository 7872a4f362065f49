/** Compares the arms of a study by stand-alone accuracy, with confidence intervals. */
import { type ConfidenceInterval, differenceInterval, meanInterval } from '#core/statistics/confidence';
import { meanOf } from '#core/statistics/scoring';
import type { ArmFindings, Finding } from './run-study.js';

export interface ArmSummary {
  readonly name: string;
  readonly n: number;
  /** Number of different architectures among the `n` findings. */
  readonly architectures: number;
  /** Mean top-1 on the test split after training from scratch, over the different architectures. */
  readonly accuracy: number;
  /** 95 % interval of the mean; null for one architecture. */
  readonly interval: ConfidenceInterval | null;
  /** Difference from the first arm's accuracy; null for the first arm itself, or if that has no findings. */
  readonly difference: { readonly mean: number; readonly interval: ConfidenceInterval | null } | null;
  /** Mean cost, and mean relative distance from its target, by the cost's name. */
  readonly costs: Readonly<Record<string, { readonly mean: number; readonly distance: number }>>;
  /** Mean top-1 in the SuperNet, on the validation split; null without a SuperNet. */
  readonly inSuperNet: number | null;
  /** Mean top-1 in the SuperNet of the study's judge, on the validation split; null without a judge. */
  readonly alike: number | null;
  readonly searchImages: number;
}

export function compareWinners(arms: readonly ArmFindings[]): ArmSummary[] {
  const first = sampleOf(arms[0]?.findings ?? []);
  const known = arms.filter(({ findings }) => findings.length > 0);
  return known.map(({ name, findings, searchImages }) => {
    const { values, cases } = sampleOf(findings);
    const accuracy = meanOf(values);
    const interval = differenceInterval(values, first.values, cases, first.cases);
    const isFirst = name === arms[0]?.name || first.values.length === 0;
    return {
      name,
      n: findings.length,
      architectures: new Set(cases).size,
      accuracy,
      interval: meanInterval(values, cases),
      difference: isFirst ? null : { mean: accuracy - meanOf(first.values), interval },
      costs: meanCosts(findings),
      inSuperNet: meanInSuperNet(findings),
      alike: meanOfKnown(findings.map(({ alike }) => alike)),
      searchImages,
    };
  });
}

/** Returns the stand-alone accuracies and their architectures; searches that found the same one share its trainings. */
function sampleOf(findings: readonly Finding[]) {
  return { values: findings.map(({ alone }) => alone), cases: findings.map(({ architecture }) => architecture) };
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
