/** One training in its run folder: begun or resumed, run to its end, evaluated and written. */

import { Failure } from '../core/failure.js';
import { startInterval } from '../core/interval.js';
import type { Observer } from '../core/observer.js';
import type { Batches } from '../data/loader.js';
import { prefetched } from '../data/prefetch.js';
import { backend } from '../nn/backend.js';
import { disposeStatistics } from '../nn/model.js';
import { loadLatestCheckpoint, saveCheckpoint } from '../runs/checkpoint.js';
import type { Run } from '../runs/run-folder.js';
import { asSpace, printSpace } from '../space/print.js';
import type { Architecture } from '../space/space.js';
import { requireFinite, requireFiniteTensors } from './divergence.js';
import { type Evaluation, type EvaluationImages, evaluate } from './evaluate.js';
import type { TrainingRecipe } from './recipe.js';
import { Trainee, trainNetwork } from './train-network.js';
import { writeTrainedWeights } from './trained-network.js';

export interface TrainingRequest {
  readonly network: Architecture;
  readonly recipe: TrainingRecipe;
  readonly data: TrainingData;
  readonly run: Run;
  readonly observer: Observer;
  readonly shouldStop: () => boolean;
  /** Milliseconds. */
  readonly clock: () => number;
}

export interface TrainingData {
  readonly batches: Batches;
  /** Images of an epoch. */
  readonly images: number;
  readonly test: EvaluationImages;
}

/** Steps of a training: its epochs in batches, at least one. */
export function trainingSteps({ epochs, batch }: TrainingRecipe, images: number): number {
  return Math.max(1, Math.round((epochs * images) / batch));
}

/** Trains the network, or what is left to train, and evaluates it on the test images. */
export async function runTraining(request: TrainingRequest): Promise<Evaluation> {
  const { network, recipe, data, run, observer } = request;
  const trainee = new Trainee(network, recipe.optimizer, recipe.seed);
  try {
    const saved = loadLatestCheckpoint(run, observer.warn);
    if (saved !== undefined) trainee.restore(saved.tensors);
    const from = saved?.step ?? 0;
    const steps = trainingSteps(recipe, data.images);
    if (from > 0) observer.note(`${run.id}: going on after step ${from} of ${steps}`);
    const batches = prefetched(data.batches);
    const { learningRate, l2, dropout, seed } = recipe;
    const warmupSteps = Math.round((recipe.warmupEpochs * data.images) / recipe.batch);
    const plan = { from, steps, warmupSteps, learningRate, l2, dropout, seed };
    await trainNetwork(trainee, plan, batches, recorder(request, trainee, steps, from, batches.waitMs));
    return conclude(request, trainee, batches);
  } finally {
    trainee.dispose();
  }
}

function recorder(
  { recipe, run, observer, shouldStop, clock }: TrainingRequest,
  trainee: Trainee,
  steps: number,
  from: number,
  waitMs: () => number,
) {
  const events = run.openLog('events', from);
  const interval = startInterval(clock, waitMs);
  return async ({ step, loss, learningRate }: { step: number; loss: number; learningRate: number }) => {
    const done = step + 1;
    requireFinite([loss], done, 'learningRate');
    interval.add({ loss }, recipe.batch);
    await new Promise(setImmediate); // signals are seen here
    const isStopping = shouldStop() && done < steps;
    if (done % recipe.logEvery === 0 || done === steps || isStopping) {
      const { means, imagesPerSecond, dataWait, secondsLeft } = interval.close(steps - done);
      const memoryMb = Math.round(process.memoryUsage().rss / 2 ** 20);
      events.append({
        step: done,
        ...means,
        learningRate,
        imagesPerSecond,
        dataWait,
        memoryMb,
        tensors: backend().tensorsAlive(),
      });
      observer.progress({
        stage: 'train',
        step: done,
        steps,
        loss: means.loss as number,
        imagesPerSecond,
        dataWait,
        secondsLeft,
      });
    }
    if (done % recipe.checkpointEvery === 0 || done === steps || isStopping) {
      const tensors = trainee.save();
      requireFiniteTensors(tensors, done, 'learningRate');
      saveCheckpoint(run, { step: done, tensors, state: {} });
      run.progress(done);
    }
    if (isStopping)
      throw new Failure(
        'stopped',
        `stopped on request after step ${done} of ${steps}`,
        'run the same command again to go on',
      );
    return true;
  };
}

function conclude({ network, recipe, data, run }: TrainingRequest, trainee: Trainee, batches: Batches): Evaluation {
  const statistics = trainee.statistics(batches, recipe.statisticsBatches);
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
    });
    return evaluation;
  } finally {
    disposeStatistics(statistics);
  }
}
