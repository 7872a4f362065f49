/** A stage's search as every worker runs it: the loop with ports to the SuperNet, the images and the cost table. */

import type { Random } from '#core/random';
import { traced } from '#core/trace';
import { batchesAt } from '#data/sets/batches-in-turn';
import { type Batches, batches } from '#data/sets/loader';
import { type MeteredBatches, metered } from '#data/sets/metered';
import { trainBatches as setBatches, type TrainingSet } from '#data/sets/set-mix';
import type { JobWorker } from '#jobs/job';
import type { Observer } from '#jobs/observer';
import { type Collective, reducerOf, shareOf } from '#jobs/workers/collective';
import type { CostTable } from '#networks/cost/cost-table';
import { type CostTarget, targetTable } from '#networks/cost/target';
import { warmupCosine } from '#networks/nn/warmup-cosine';
import type { Decisions } from '#networks/space/space';
import { hardLabelled } from '#tasks/search/config/hard-labels';
import { scheduleSettings } from '#tasks/search/config/stage-settings';
import { controllerChoices } from '#tasks/search/controller/controller-choices';
import { fairSample } from '#tasks/search/controller/fair-sample';
import type { ControllerState } from '#tasks/search/controller/reinforce';
import { type CostTerm, defaultBeta } from '#tasks/search/controller/reward';
import { samples } from '#tasks/search/controller/sample';
import { learningRateAt, schedule, warmupAt } from '#tasks/search/controller/schedule';
import { type StageTask, streamOf } from '#tasks/search/stage/stage-task';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { batchQuality } from './batch-quality.js';
import { type SearchPorts, searchLoop } from './loop.js';

/** The parts of a worker's search. */
export interface SearchParts {
  readonly task: StageTask;
  readonly set: TrainingSet;
  readonly supernet: SuperNet;
  readonly collective: Collective;
  readonly observer: Observer;
  /** This worker's stop flag; if any worker raises it, all stop. */
  readonly shouldStop: () => boolean;
  /** The controller's random stream. */
  readonly random: Random;
  readonly costTable: CostTable;
  readonly costs: (decisions: Decisions) => readonly CostTerm[];
  readonly train: MeteredBatches;
}

/** Creates the stage's SuperNet with its initial weights; the caller disposes it. */
export function startSuperNet(task: StageTask): SuperNet {
  const { optimizer, l2, precision } = task.settings.weights;
  return new SuperNet(task.space, { seed: streamOf(task), optimizer, l2, precision });
}

export function searchParts(worker: SearchWorker, random: Random): SearchParts {
  const { job, data: set, learner: supernet, collective, context } = worker;
  const { task } = job;
  const costTable = targetTable(task.space, task.targets);
  const train = metered(trainBatches(task, set));
  const { observer, shouldStop } = context;
  const costs = costTerms(costTable, task.targets);
  return { task, set, supernet, collective, observer, shouldStop, random, costTable, costs, train };
}

/** A worker whose job has a stage. */
type SearchWorker = JobWorker<{ readonly task: StageTask }, TrainingSet, SuperNet>;

/** Returns the training batches, with the teacher's labels or smoothed hard ones. */
export function trainBatches(task: StageTask, set: TrainingSet): Batches {
  const { space, settings } = task;
  const taught = setBatches(set, { seed: streamOf(task), batch: settings.batch });
  return settings.weights.labels === 'hard' ? hardLabelled(taught, space.classes) : taught;
}

/** Returns a function from decisions to their costs, in the order of the targets and with them. */
export function costTerms(table: CostTable, targets: readonly CostTarget[]): (decisions: Decisions) => CostTerm[] {
  return (decisions) => {
    const values = table.evaluate(decisions);
    return targets.map(({ target, beta }, i) => ({ value: values[i] as number, target, beta: beta ?? defaultBeta }));
  };
}

/** Returns the learning rate of the shared weights as a function of the step. */
export function weightRate({ steps, weights }: StageTask['settings']): (step: number) => number {
  return warmupCosine(weights.learningRate, steps, Math.round(weights.warmup * steps));
}

/** Runs the steps from `from` on and returns the controller's state after the last one. */
export function search(
  parts: SearchParts,
  start: ControllerState,
  from: number,
  record: SearchPorts['record'],
): Promise<ControllerState> {
  const { task, supernet, set, train, random, costs, collective } = parts;
  const { settings } = task;
  const { steps, samplesPerStep, quality } = settings;
  const plan = schedule(scheduleSettings(settings));
  const rate = weightRate(settings);
  const held = batches(set.split('held'), { seed: streamOf(task), batch: settings.validationBatch });
  const reducer = reducerOf(collective);
  const choices = controllerChoices(task.space);
  const fairSteps = { policy: 0, fairFirst: plan.delaySteps, fair: steps }[settings.weights.samples];
  const isFair = (step: number) => step < fairSteps;
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
      trainStep: async (samples, step) => {
        const own = shareOf(collective, samples);
        const placesAt = (step: number) => own.map(({ k }) => step * samplesPerStep + k);
        const images = await batchesAt(train, placesAt(step), step + 1 < steps ? placesAt(step + 1) : []);
        const selections = own.map(({ sample, k }) =>
          isFair(step) ? fairSample(choices, step * samplesPerStep + k, streamOf(task)) : sample,
        );
        return supernet.trainStep(selections, images, step, rate(step), { of: samples.length, reducer });
      },
      qualities: async (samples, step) => {
        const batch = await traced('data', 'validation batch', () => held.at(step, step + 1 < steps ? [step + 1] : []));
        const qualities = new Float64Array(samples.length);
        for (const { sample, k } of shareOf(collective, samples)) {
          qualities[k] = batchQuality(quality, supernet.logits(sample, batch), batch);
        }
        await collective.allReduce(qualities);
        return [...qualities];
      },
      costs: ({ decisions }) => costs(decisions),
      record,
    },
  );
}
