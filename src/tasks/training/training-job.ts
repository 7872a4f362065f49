/** A training as a job: starts or resumes the network and its optimizer, runs the loop and evaluates. */
import { join } from 'node:path';
import { writeAtomically } from '#core/files/files';
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
import { asSpace, printSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import { precisionOf } from '#networks/tensor/ops/half';
import { byClass, type ClassCounts, confusionCsv, mostClassesInResult } from './class-counts.js';
import { type Evaluation, evaluate, evaluateByClass } from './evaluate.js';
import { type Int8Start, startConstants } from './int8/int8-start.js';
import { Int8Trainee } from './int8/int8-trainee.js';
import { type OpenedData, openTrainingData } from './open-training-data.js';
import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import { type TrainedForward, Trainee, type TrainingStep, trainNetwork } from './train-network.js';
import { writeTrainedWeights } from './trained-network.js';
import { trainingPlan } from './training-plan.js';

/** The description of a training that every worker receives. */
export interface TrainingJob {
  readonly network: Architecture;
  readonly recipe: TrainingRecipe;
  /** For a recipe that quantizes. */
  readonly int8?: Int8Start | undefined;
}

type TrainingWorker = JobWorker<TrainingJob, OpenedData, TrainedForward>;

export const trainingJob: JobKind<TrainingJob, OpenedData, TrainedForward, Evaluation | undefined> = {
  module: '#tasks/training/training-job',
  open: ({ network, recipe }) => openTrainingData(recipe, network.classes),
  learner: ({ network, recipe, int8 }) =>
    int8 === undefined
      ? new Trainee(network, recipe.optimizer, recipe.seed, recipe.ema)
      : new Int8Trainee(network, new Map(int8.parameters), recipe),
  async warmStart({ int8 }, _, trainee) {
    if (int8 === undefined || !(trainee instanceof Int8Trainee)) return false;
    trainee.begin(startConstants(int8));
    return true;
  },
  largestStep: ({ recipe }, { forward }) => ({
    forward,
    precision: recipe.precision,
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
  const count = recipe.statisticsBatches * microBatchesOf(recipe);
  const { tensors, logits, int8, dispose } = await learner.conclude(data.batches, count);
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
      precision: precisionOf(recipe.precision),
      weights: recipe.ema === undefined ? 'last' : 'average',
      classNames: data.classNames,
      images: data.provenance,
    });
    return evaluation;
  } finally {
    dispose();
  }
}

/** Writes the confusion matrix of many classes to a file; that of few is part of the result. */
function writeConfusions(folder: string, counts: ClassCounts, names: readonly string[]): void {
  const { classes, matrix } = counts;
  if (matrix === undefined || classes <= mostClassesInResult) return;
  writeAtomically(join(folder, confusionFile), confusionCsv(counts, matrix, names));
}
