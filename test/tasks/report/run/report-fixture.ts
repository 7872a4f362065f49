/** A small search in its folder, whose figures are chosen so that reports of it can be checked by hand. */

import type { Candidate, SearchResult } from '#jobs/runs/run-result';
import { parseSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { type ReportedRun, readReportedRun } from '#tasks/report/run/reported-run';
import { opened, searchEvent, searchResult, temporaryFolder } from '#test/jobs/runs/run-fixture';

/** Two choices: the width of the second stage (8 or 16), and whether its second block is there. */
export const space = parseSpace(
  'small.yaml',
  `name: small
classes: 4
activation: relu
input: { resolution: 8, channels: 3 }
stages:
  - blocks:
      - { kind: conv, stride: 1, kernel: 3, out: 8 }
  - out: [ 8, 16 ]
    blocks:
      - { kind: uib, stride: 2, startKernel: 0, midKernel: 3, expand: 4 }
      - { kind: uib, stride: 1, startKernel: 0, midKernel: 3, expand: 4, optional: true }
head: { conv: 32, hidden: 0 }
`,
);

export const config = JSON.stringify({
  seed: 7,
  cost: [{ cost: 'macs', target: 100_000 }],
  coarse: { quality: 'accuracy', strategy: 'reinforce', tolerance: 0.05, controller: { temperature: 2 } },
});

/** An evaluated architecture; its reward is its accuracy. */
export function candidate(decisions: readonly number[], top1: number, macs: number): Candidate {
  const costs = { macs: { value: macs, target: 100_000 } };
  return { decisions, quality: top1, reward: top1, costs, held: { top1, loss: 1 } };
}

export const result: SearchResult = searchResult({
  decisions: [1, 0],
  costs: { macs: { value: 98_000, expected: 99_000, argmax: 98_000, target: 100_000 } },
  candidates: [candidate([1, 0], 0.8, 98_000), candidate([1, 0], 0.8, 98_000), candidate([0, 1], 0.7, 60_000)],
  randomCandidates: [candidate([0, 0], 0.75, 50_000), candidate([1, 1], 0.78, 150_000)],
  random: {
    ...{ n: 2, meanReward: 0.7, deviation: 0.1, bestReward: 0.75, meanQuality: 0.75, bestQuality: 0.78 },
    bestDecisions: [1, 1],
  },
});

export interface Made {
  readonly id?: string;
  readonly root?: string;
  readonly config?: string;
  readonly stage?: string;
  /** No result without it. */
  readonly result?: SearchResult | undefined;
  /** Steps of its events, policies and samples. */
  readonly logged?: readonly number[];
}

/** Writes a run of 40 steps and returns its folder. */
export function madeRun(made: Made = {}): string {
  const { id = 'a', root = temporaryFolder(), stage = 'coarse', logged = [20, 40] } = made;
  const run = opened(root, { id, stage, steps: 40, config: made.config ?? config, space: printSpace(space) });
  const [events, policy, samples] = [
    run.openLog('events', undefined),
    run.openLog('policy', undefined),
    run.openLog('samples', undefined),
  ];
  for (const step of logged) {
    const costs = { macs: { value: 90_000, expected: 95_000, argmax: 98_000, target: 100_000 } };
    events.append(searchEvent({ step, reward: step / 100, quality: step / 50, loss: 1, costs }));
    policy.append({ step, logits: { 'stages[1].out': [0, 2 * Math.log(3)], 'stages[1].blocks[1].use': [0, 0] } });
    samples.append({
      ...{
        step,
        decisions: [
          [0, 0],
          [1, 1],
        ],
        qualities: [0.1, 0.2],
        mixed: [true, false],
      },
      costs: { macs: [50_000, 150_000] },
    });
  }
  run.progress(logged.at(-1) ?? 0);
  const { result: ended } = 'result' in made ? made : { result };
  if (ended !== undefined) run.writeResult(ended);
  if (ended !== undefined) run.finish('done');
  return run.folder;
}

export function reportedRun(made: Made = {}): ReportedRun {
  return readReportedRun(madeRun(made), () => {});
}
