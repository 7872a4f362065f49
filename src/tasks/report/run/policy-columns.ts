/** The policy of a search over time: the probability of each option of each choice. */
import { probabilities } from '#tasks/search/controller/policy';
import type { ReportedRun } from './reported-run.js';
import { evenly } from './thinning.js';

/** One option of a choice, a row of the heat map. */
export interface PolicyOption {
  /** `1.0 out`, as in the table of the architecture. */
  readonly choice: string;
  readonly option: string;
  readonly isFirst: boolean;
}

export interface PolicyColumn {
  /** Step of the column before, 0 for the first. */
  readonly from: number;
  /** Finished steps. */
  readonly step: number;
  /** In the order of the options, 0 to 1. */
  readonly probabilities: readonly number[];
}

export interface PolicyOverTime {
  readonly options: readonly PolicyOption[];
  /** Number of policies that the run logged. */
  readonly logged: number;
  readonly columns: readonly PolicyColumn[];
}

/** Returns at most `most` of the logged policies, at equal distances, the first and the last among them. */
export function policyOverTime({ space, policy, settings }: ReportedRun, most: number): PolicyOverTime {
  const options = space.choices.flatMap(({ path, options }) =>
    options.map((option, i) => ({ choice: choiceText(path), option: String(option), isFirst: i === 0 })),
  );
  const shown = evenly(policy, most);
  const columns = shown.map(({ step, logits }, i) => ({
    from: shown[i - 1]?.step ?? 0,
    step,
    probabilities: space.choices.flatMap(({ path, options }) =>
      probabilities(logits[path] ?? options.map(() => 0), settings.controller.temperature),
    ),
  }));
  return { options, logged: policy.length, columns };
}

/** Formats the path of a choice: `stages[1].blocks[0].use` as `1.0 use`, `stages[1].out` as `1 out`. */
export function choiceText(path: string): string {
  return path
    .replace(/^stages\[(\d+)\]/, '$1')
    .replace(/\.blocks\[(\d+)\]/, '.$1')
    .replace(/\.(?=[a-zA-Z]+$)/, ' ');
}
