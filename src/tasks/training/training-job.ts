/** A training as a job: starts or resumes the network and its optimizer, runs the loop and evaluates. */
import { join } from 'node:path';
import { writeAtomically } from '#core/files/files';
import type { NamedTensor } from '#data/files/safetensors';
import type { Batch, Batches } from '#data/sets/loader';
import { metered } from '#data/sets/metered';
import { type JobKind, type JobWorker, serving } from '#jobs/job';
import type { TrainingEvent } from '#jobs/runs/run-events';
import type { Run } from '#jobs/runs/run-folder';
import { confusionFile } from '#jobs/runs/run-result';
import {
  logSink,
  progressSink,
  type RecordedSteps,
  stepRecorder,
  tensorBoardSink,
  usageFields,
} from '#jobs/step-recorder';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { disposeStatistics } from '#networks/nn/model';
import { asSpace, printSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import { byClass, type ClassCounts, confusionCsv, mostClassesInResult } from './class-counts.js';
import { type Evaluation, evaluate, evaluateByClass } from './evaluate.js';
import { type Int8Start, startConstants } from './int8/int8-start.js';
import { Int8Trainee } from './int8/int8-trainee.js';
import { networkTensors } from './int8/network-tensors.js';
import { type OpenedData, openTrainingData } from './open-training-data.js';
import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import { Trainee, type TrainingStep, trainNetwork } from './train-network.js';
import { trainedTensors, writeTrainedWeights } from './trained-network.js';
import { trainingPlan } from './training-plan.js';

/** The description of a training that every worker receives. */
export interface TrainingJob {
  readonly network: Architecture;
  readonly recipe: TrainingRecipe;
  /** For a recipe that quantizes. */
  readonly int8?: Int8Start | undefined;
}

type TrainingWorker = JobWorker<TrainingJob, OpenedData, Trainee | Int8Trainee>;

export const trainingJob: JobKind<TrainingJob, OpenedData, Trainee | Int8Trainee, Evaluation | undefined> = {
  module: '#tasks/training/training-job',
  open: ({ network, recipe }) => openTrainingData(recipe, network.classes),
  learner: ({ network, recipe, int8 }) =>
    int8 === undefined
      ? new Trainee(network, recipe.optimizer, recipe.seed, recipe.ema)
      : new Int8Trainee(network, new Map(int8.parameters), recipe),
  async warmStart({ int8 }, _, trainee) {
    if (int8 !== undefined) (trainee as Int8Trainee).begin(startConstants(int8));
    return int8 !== undefined;
  },
  largestStep: ({ recipe }, { forward }) => ({
    forward,
    images: recipe.batch / microBatchesOf(recipe),
    batch: recipe.batch,
    setting: 'batch',
  }),
  async work(worker) {
    const { job, data, learner: trainee, start, collective, run } = worker;
    const plan = trainingPlan(job.recipe, data.images, start.from);
    const batches = metered(data.batches);
    const record = stepRecorder(worker, recordedSteps(worker, plan.steps, batches.waitMs));
    await trainNetwork(trainee, plan, batches, collective, record);
    return run === undefined ? undefined : concluded(worker, run);
  },
};

export const serve = serving(trainingJob);

function recordedSteps(
  { job: { recipe }, context: { observer } }: TrainingWorker,
  steps: number,
  waitMs: () => number,
): RecordedSteps<TrainingStep, TrainingEvent> {
  const { logEvery, checkpointEvery, batch } = recipe;
  return {
    steps,
    logEvery,
    checkpointEvery,
    imagesPerStep: batch,
    rateName: 'learningRate',
    waitMs,
    figures: ({ loss }) => ({ loss }),
    state: () => ({}),
    event: ({ step: { learningRate }, done, summary }) => ({
      step: done,
      loss: summary.means.loss as number,
      learningRate,
      ...usageFields(summary),
    }),
    sinks: (run, from) => [
      logSink(run.openLog('events', from), ({ event }) => event),
      tensorBoardSink(run.openTensorBoardLog(from)),
      progressSink(observer, ({ event: { step, loss, imagesPerSecond, dataWait }, summary: { secondsLeft } }) => {
        return { stage: 'train', step, steps, loss, imagesPerSecond, dataWait, secondsLeft };
      }),
    ],
  };
}

/** Evaluates the network on the test images, writes the network and the result, and returns the evaluation. */
async function concluded({ job: { network, recipe }, data, learner }: TrainingWorker, run: Run): Promise<Evaluation> {
  const { tensors, logits, int8, dispose } = await (learner instanceof Int8Trainee
    ? quantizedResult(network, learner)
    : result(learner, data.batches, recipe));
  try {
    const { evaluation, counts } = await evaluateByClass(data.test, logits);
    writeTrainedWeights(run.folder, tensors);
    run.writeArchitecture(printSpace(asSpace(network), { run: run.id, recipe: recipe.name, test: evaluation }));
    writeConfusions(run.folder, counts, data.classNames);
    run.writeResult({
      decisions: [],
      quality: evaluation.top1,
      costs: {},
      reward: null,
      entropy: null,
      test: evaluation,
      int8: int8 && (await evaluate(data.test, int8)),
      byClass: byClass(counts, data.classNames),
      weights: recipe.ema === undefined ? 'last' : 'average',
      classNames: data.classNames,
      images: data.provenance,
    });
    return evaluation;
  } finally {
    dispose();
  }
}

interface Result {
  /** The network's weights and statistics. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  logits(batch: Batch): Float32Array;
  /** The logits while weights and values are rounded, after quantization-aware training. */
  readonly int8?: ((batch: Batch) => Float32Array) | undefined;
  dispose(): void;
}

async function result(trainee: Trainee, batches: Batches, recipe: TrainingRecipe): Promise<Result> {
  const statistics = await trainee.statistics(batches, recipe.statisticsBatches * microBatchesOf(recipe));
  return {
    tensors: trainedTensors(trainee.result, statistics),
    logits: (batch) => trainee.result.logits(trainee.forward, batch, statistics),
    dispose: () => disposeStatistics(statistics),
  };
}

function quantizedResult(network: Architecture, trainee: Int8Trainee): Result {
  const tensors = networkTensors(network, trainee.constants());
  const { model, forward, statistics, dispose } = frozenNetwork(network, tensors);
  return {
    tensors,
    logits: (batch) => model.logits(forward, batch, statistics),
    int8: (batch) => trainee.result.logits(trainee.forward, batch),
    dispose,
  };
}

/** Writes the confusion matrix of many classes to a file; that of few is part of the result. */
function writeConfusions(folder: string, counts: ClassCounts, names: readonly string[]): void {
  const { classes, matrix } = counts;
  if (matrix === undefined || classes <= mostClassesInResult) return;
  writeAtomically(join(folder, confusionFile), confusionCsv(counts, matrix, names));
}
