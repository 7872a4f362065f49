/**
 * A model of quality in a SuperNet: the sum of an effect for each option of each active choice, fitted to the samples of
 * the search. Architectures of one step are measured with the same weights on the same validation images, whose
 * difficulty is most of a single measurement's noise; only their differences are fitted.
 */
import { meanOf } from '#core/statistics/scoring';
import { type Decisions, isActive } from '#networks/space/space';
import type { ControllerChoice } from '#tasks/search/controller/policy';
import type { Sample } from '#tasks/search/controller/sample';
import {
  addEquations,
  addGroup,
  type IndicatorSample,
  type NormalEquations,
  noEquations,
  ridge,
  squaredError,
} from './normal-equations.js';

/** The architectures that one step measured. */
export interface MeasuredStep {
  readonly decisions: readonly Decisions[];
  readonly qualities: readonly number[];
  /** True where all options of a choice were on. */
  readonly mixed: readonly boolean[];
}

/** Returns a step's measurements from its outcomes. */
export function measuredStep(outcomes: readonly { readonly sample: Sample; readonly quality: number }[]): MeasuredStep {
  return {
    decisions: outcomes.map(({ sample }) => sample.decisions),
    qualities: outcomes.map(({ quality }) => quality),
    mixed: outcomes.map(({ sample: { allOn, active } }) => allOn.some((isOn, i) => isOn && active[i])),
  };
}

export interface QualityModel {
  /** Predicts the quality that an architecture has at the end of the steps. */
  readonly predict: (decisions: Decisions) => number;
  /** Number of samples that the model was fitted to. */
  readonly samples: number;
  /**
   * Share of the variance of quality that the model predicts within steps that it was not fitted to (cross-validated
   * R^2): 0 or less if it predicts nothing, below 1 by the noise of a single measurement even if it is exact.
   */
  readonly explained: number;
}

const folds = 5;
const penalties = [1, 10, 100, 1_000, 10_000]; // each is worth that many samples without an effect

/** Fits a model to the steps, in their order; undefined if they have too few architectures. */
export function fitQuality(
  choices: readonly ControllerChoice[],
  steps: readonly MeasuredStep[],
): QualityModel | undefined {
  const first = firstFeatures(choices);
  const size = first.reduce((sum, _, i) => sum + (choices[i] as ControllerChoice).options, 0);
  const features = (decisions: Decisions) =>
    choices.flatMap((choice, i) =>
      isActive(choice, decisions) ? [(first[i] as number) + (decisions[i] as number)] : [],
    );
  const groups = groupsOf(steps, features);
  if (groups.length < folds) return undefined;
  const parts = Array.from({ length: folds }, () => noEquations(size));
  for (const [g, group] of groups.entries()) addGroup(parts[g % folds] as NormalEquations, group);
  const all = noEquations(size);
  for (const part of parts) addEquations(all, part);
  const held = parts.map((part) => ({ part, others: without(all, part) }));
  const errors = penalties.map((penalty) =>
    held.reduce((sum, { part, others }) => sum + squaredError(part, ridge(others, penalty)), 0),
  );
  const least = Math.min(...errors);
  const effects = ridge(all, penalties[errors.indexOf(least)] as number);
  const sumOf = (ones: readonly number[]) => ones.reduce((sum, i) => sum + (effects[i] as number), 0);
  const last = groups.slice(-Math.ceil(groups.length / 10)).flat();
  const level = meanOf(last.map(({ ones, value }) => value - sumOf(ones)));
  return {
    predict: (decisions) => level + sumOf(features(decisions)),
    samples: groups.reduce((sum, group) => sum + group.length, 0),
    explained: all.squares === 0 ? 0 : 1 - least / all.squares,
  };
}

/** Returns the number of the first feature of each choice. */
function firstFeatures(choices: readonly ControllerChoice[]): number[] {
  let next = 0;
  return choices.map(({ options }) => {
    next += options;
    return next - options;
  });
}

/** Returns groups of at least two samples: those of a step, or of as many steps as it takes. */
function groupsOf(
  steps: readonly MeasuredStep[],
  features: (decisions: Decisions) => number[],
): (readonly IndicatorSample[])[] {
  const groups: IndicatorSample[][] = [];
  let group: IndicatorSample[] = [];
  for (const { decisions, qualities, mixed } of steps) {
    const plain = decisions.map((_, k) => k).filter((k) => mixed[k] === false);
    group.push(...plain.map((k) => ({ ones: features(decisions[k] as Decisions), value: qualities[k] as number })));
    if (group.length < 2) continue;
    groups.push(group);
    group = [];
  }
  return groups;
}

/** Returns the sums of all groups but those of a part. */
function without(all: NormalEquations, part: NormalEquations): NormalEquations {
  const others = noEquations(all.size);
  addEquations(others, all);
  addEquations(others, part, -1);
  return others;
}
