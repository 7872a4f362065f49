/** What the arms of a study reach, and how sure that is. */
import { type ConfidenceInterval, differenceInterval, meanInterval } from '../core/confidence.js';
import { meanOf } from '../core/scoring.js';
import type { ArmFindings, Finding } from './run-study.js';

export interface ArmSummary {
  readonly name: string;
  readonly n: number;
  /** Top-1 on the test split after a training of its own: the mean and its 95 % interval over the architectures. */
  readonly accuracy: number;
  readonly interval: ConfidenceInterval;
  /** To the first arm; null for that one. */
  readonly difference: { readonly mean: number; readonly interval: ConfidenceInterval } | null;
  /** Mean cost and mean distance from its target, relative to it, by name. */
  readonly costs: Readonly<Record<string, { readonly mean: number; readonly distance: number }>>;
  /** Top-1 in the SuperNet, on the held-out split; null where there was none. */
  readonly inSuperNet: number | null;
  /** The same in the study's judge; null where it has none. */
  readonly alike: number | null;
  readonly searchImages: number;
}

export function compareWinners(arms: readonly ArmFindings[]): ArmSummary[] {
  const first = aloneOf(arms[0]?.findings ?? []);
  const known = arms.filter(({ findings }) => findings.length > 0);
  return known.map(({ name, findings, searchImages }) => {
    const alone = aloneOf(findings);
    const accuracy = meanOf(alone);
    const difference = { mean: accuracy - meanOf(first), interval: differenceInterval(alone, first) };
    return {
      name,
      n: findings.length,
      accuracy,
      interval: meanInterval(alone),
      difference: name === arms[0]?.name ? null : difference,
      costs: meanCosts(findings),
      inSuperNet: meanInSuperNet(findings),
      alike: meanOfKnown(findings.map(({ alike }) => alike)),
      searchImages,
    };
  });
}

function aloneOf(findings: readonly Finding[]): number[] {
  return findings.map(({ alone }) => alone);
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
