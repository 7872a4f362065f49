/** A stage's search as every worker runs it: the loop, its ports made of real parts. */

import { traced } from '#core/trace';
import { type Batches, batches } from '#data/sets/loader';
import { metered } from '#data/sets/metered';
import type { RecordedSteps } from '#jobs/step-recorder';
import { shareOf, sumsOver } from '#jobs/workers/collective';
import type { CostTable } from '#networks/cost/cost-table';
import { type CostTarget, targetTable } from '#networks/cost/target';
import { warmupCosine } from '#networks/nn/warmup-cosine';
import type { Decisions } from '#networks/space/space';
import { hardLabelled } from '#tasks/search/config/hard-labels';
import { scheduleSettings } from '#tasks/search/config/stage-settings';
import type { ControllerState } from '#tasks/search/controller/reinforce';
import { type CostTerm, defaultBeta } from '#tasks/search/controller/reward';
import { samples } from '#tasks/search/controller/sample';
import { learningRateAt, schedule, warmupAt } from '#tasks/search/controller/schedule';
import type { SearchParts, StageTask } from '#tasks/search/stage/stage-request';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { batchQuality } from './batch-quality.js';
import { type SearchPorts, type SearchStep, searchLoop } from './loop.js';

/** Prefix of the stage's random streams. */
export function streamOf({ seed, stage }: Pick<StageTask, 'seed' | 'stage'>): string {
  return `${seed}/${stage}`;
}

/** The stage's SuperNet at its start; the caller disposes it. */
export function startSuperNet(task: StageTask): SuperNet {
  const { optimizer, l2 } = task.settings.weights;
  return new SuperNet(task.space, { seed: streamOf(task), optimizer, l2 });
}

/** The parts of a search, from those that the workers have each for themselves. */
export function searchParts(own: Omit<SearchParts, 'costTable' | 'costs' | 'train'>): SearchParts {
  const costTable = targetTable(own.space, own.targets);
  return { ...own, costTable, costs: costTerms(costTable, own.targets), train: metered(trainBatches(own)) };
}

/** What the weights learn from. */
export function trainBatches(task: StageTask & Pick<SearchParts, 'set'>): Batches {
  const { space, settings, set } = task;
  const taught = batches(set.split('train'), { seed: streamOf(task), batch: settings.batch });
  return settings.weights.labels === 'hard' ? hardLabelled(taught, space.classes) : taught;
}

/** The costs of decisions beside their targets, from one table. */
export function costTerms(table: CostTable, targets: readonly CostTarget[]): (decisions: Decisions) => CostTerm[] {
  return (decisions) => {
    const values = table.evaluate(decisions);
    return targets.map(({ target, beta }, i) => ({ value: values[i] as number, target, beta: beta ?? defaultBeta }));
  };
}

/** What the recorder of the search's steps is told. */
export function recordedSteps({
  settings,
  supernet,
  collective,
  shouldStop,
  profile,
}: SearchParts): RecordedSteps<SearchStep> {
  const { steps, logEvery, checkpointEvery } = settings;
  const state = (step: SearchStep) => [JSON.stringify(step.state), supernet.weightBytes()];
  return { steps, logEvery, checkpointEvery, collective, shouldStop, state, profile };
}

/** The learning rate of the shared weights at a step. */
export function weightRate({ steps, weights }: StageTask['settings']): (step: number) => number {
  return warmupCosine(weights.learningRate, steps, Math.round(weights.warmup * steps));
}

/** Runs the steps from `from` on; the controller's state after the last one. */
export function search(
  parts: SearchParts,
  start: ControllerState,
  from: number,
  record: SearchPorts['record'],
): Promise<ControllerState> {
  const { supernet, settings, set, train, random, costs, collective } = parts;
  const { steps, samplesPerStep, quality } = settings;
  const plan = schedule(scheduleSettings(settings));
  const rate = weightRate(settings);
  const held = batches(set.split('held'), { seed: streamOf(parts), batch: settings.validationBatch });
  const sums = sumsOver(collective);
  return searchLoop(
    start,
    {
      from,
      steps,
      reward: settings.reward,
      learningRate: settings.strategy === 'random' ? () => 0 : (step) => learningRateAt(plan, step),
      entropyBonus: settings.controller.entropyBonus,
    },
    {
      samples: (policy, step) =>
        traced('controller', 'sample', () => samples(policy, samplesPerStep, random, warmupAt(plan, step))),
      trainStep: (samples, step) => {
        const own = shareOf(collective, samples);
        const images = own.map(({ k }) => train.at(step * samplesPerStep + k));
        const selections = own.map(({ sample }) => sample);
        return supernet.trainStep(selections, images, step, rate(step), { of: samples.length, sums });
      },
      qualities: async (samples, step) => {
        const batch = traced('data', 'held-out batch', () => held.at(step));
        const qualities = new Float64Array(samples.length);
        for (const { sample, k } of shareOf(collective, samples)) {
          qualities[k] = batchQuality(quality, supernet.logits(sample, batch), batch);
        }
        await collective.sum(qualities);
        return [...qualities];
      },
      costs: ({ decisions }) => costs(decisions),
      record,
    },
  );
}
