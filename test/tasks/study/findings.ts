/** Findings of studies, made up. */
import type { ArmFindings, Finding } from '#tasks/study/run-study';

/** Returns a finding, trained once for an epoch unless `rest` states other trainings. */
export function finding(seed: number, architecture: string, alone: number, rest: Partial<Finding> = {}): Finding {
  return {
    seed,
    architecture,
    costs: { macs: { value: 90, target: 100 } },
    held: { top1: 0.5, loss: 1 },
    alone,
    trained: [{ epochs: 1, runs: [], top1: [alone], seconds: 60 }],
    searchSeconds: 120,
    ...rest,
  };
}

/** Returns the findings of an arm that searches without stated targets, unless `rest` says otherwise. */
export function armWith(name: string, findings: readonly Finding[], rest: Partial<ArmFindings> = {}): ArmFindings {
  return { name, target: null, isGiven: false, findings, searchImages: 10, ...rest };
}

/** The fields of a study's result that its table does not show, and its summaries, of which a test gives one. */
export const bare = { name: 's', seeds: [1, 2], trainings: 1, winners: null, rankings: null, lengths: null, arms: [] };
