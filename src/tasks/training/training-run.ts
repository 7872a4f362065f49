/** One training in its run folder: begun or resumed, run to its end by its workers, evaluated and written. */

import { metered } from '#data/sets/metered';
import { requireFinite, requireFiniteTensors } from '#jobs/divergence';
import { needOf, requireMemory } from '#jobs/memory';
import { type IntervalValues, startInterval } from '#jobs/meter';
import type { Observer } from '#jobs/observer';
import { type ProfilePlan, profilePlan, profiler } from '#jobs/profile';
import { resumeFromCheckpoint, saveCheckpoint } from '#jobs/runs/checkpoint';
import type { Run } from '#jobs/runs/run-folder';
import { type Keeper, stepRecorder } from '#jobs/step-recorder';
import { type Workers, withComputingTeam } from '#jobs/workers/worker-pool';
import { disposeStatistics } from '#networks/nn/model';
import { asSpace, printSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import { backend } from '#networks/tensor/backend';
import { type Evaluation, evaluate } from './evaluate.js';
import type { OpenedData } from './open-training-data.js';
import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import { Trainee, type TrainingStep, trainNetwork } from './train-network.js';
import { writeTrainedWeights } from './trained-network.js';
import { recordedSteps, trainingPlan } from './training-plan.js';

export interface TrainingRequest {
  readonly network: Architecture;
  readonly recipe: TrainingRecipe;
  readonly data: OpenedData;
  readonly workers: Workers;
  /** Steps to trace, if any. */
  readonly profile?: number | undefined;
  readonly run: Run;
  readonly observer: Observer;
  readonly shouldStop: () => boolean;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** What a worker that is started is told: the training, and where it begins. Its weights and slots follow if `from` > 0. */
export interface TrainingJob {
  readonly network: Architecture;
  readonly recipe: TrainingRecipe;
  readonly from: number;
  readonly profile: ProfilePlan | undefined;
}

const module = new URL('../../../dist/tasks/training/training-worker.js', import.meta.url); // of the build, also where tests run src/

/** What a checkpoint holds beside the tensors. */
interface SavedTraining {
  /** What the next event has so far. */
  readonly interval?: IntervalValues;
}

/** Trains the network, or what is left to train, and evaluates it on the test images. */
export async function runTraining(request: TrainingRequest): Promise<Evaluation> {
  const { network, recipe, data, workers, run, observer, shouldStop } = request;
  const trainee = new Trainee(network, recipe.optimizer, recipe.seed);
  try {
    const saved = resumeFromCheckpoint(run, observer.warn);
    if (saved !== undefined) trainee.restore(saved.tensors);
    const from = saved?.step ?? 0;
    const plan = trainingPlan(recipe, data.images, from);
    if (from > 0) observer.note(`${run.id}: going on after step ${from} of ${plan.steps}`);
    const need = needOf(trainee.model, trainee.forward, recipe.batch / microBatchesOf(recipe));
    requireMemory(need, { batch: recipe.batch, workers: workers.count, setting: 'batch' }, observer.warn);
    const batches = metered(data.batches);
    const profile = profilePlan(run.folder, request.profile, from, plan.steps);
    const job: TrainingJob = { network, recipe, from, profile };
    await withComputingTeam(workers, { module, job, longest: trainee.model.layout.size }, async (collective) => {
      if (from > 0) await trainee.adopt(collective.broadcast);
      const before = (saved?.state as SavedTraining | undefined)?.interval;
      const keep = keepInRun(request, trainee, plan, batches.waitMs, before);
      const traces = profiler(profile, from, collective, observer.note);
      const record = stepRecorder(recordedSteps(recipe, plan, trainee, collective, shouldStop, traces), keep);
      await trainNetwork(trainee, plan, batches, collective, record);
    });
    return conclude(request, trainee);
  } finally {
    trainee.dispose();
  }
}

function keepInRun(
  { recipe, run, observer, clock }: TrainingRequest,
  trainee: Trainee,
  { from, steps }: { readonly from: number; readonly steps: number },
  waitMs: () => number,
  before: IntervalValues | undefined,
): Keeper<TrainingStep> {
  const events = run.openLog('events', from);
  const interval = startInterval(clock, waitMs, before);
  return {
    add({ step, loss }) {
      requireFinite([loss], step + 1, 'learningRate');
      interval.add({ loss }, recipe.batch);
    },
    log({ step, learningRate }) {
      const done = step + 1;
      const { means, imagesPerSecond, dataWait, secondsLeft } = interval.close(steps - done);
      const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
      const tensors = backend().tensorsAlive();
      events.append({ step: done, ...means, learningRate, imagesPerSecond, dataWait, memoryMb, tensors });
      const loss = means.loss as number;
      observer.progress({ stage: 'train', step: done, steps, loss, imagesPerSecond, dataWait, secondsLeft });
    },
    checkpoint({ step }) {
      const tensors = trainee.save();
      requireFiniteTensors(tensors, step + 1, 'learningRate');
      saveCheckpoint(run, { step: step + 1, tensors, state: { interval: interval.values() } satisfies SavedTraining });
      run.progress(step + 1);
    },
  };
}

function conclude({ network, recipe, data, run }: TrainingRequest, trainee: Trainee): Evaluation {
  const statistics = trainee.statistics(data.batches, recipe.statisticsBatches * microBatchesOf(recipe));
  try {
    const evaluation = evaluate(data.test, (batch) => trainee.model.logits(trainee.forward, batch, statistics));
    writeTrainedWeights(run.folder, trainee.model, statistics);
    run.writeArchitecture(printSpace(asSpace(network), { run: run.id, recipe: recipe.name, test: evaluation }));
    run.writeResult({
      decisions: [],
      quality: evaluation.top1,
      costs: {},
      reward: null,
      entropy: null,
      test: evaluation,
      classNames: data.classNames,
      images: data.provenance,
    });
    return evaluation;
  } finally {
    disposeStatistics(statistics);
  }
}
