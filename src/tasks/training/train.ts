/** Trains a network by a recipe in a run folder. */
import { stringify } from 'yaml';
import { flattened } from '#core/documents/flatten';
import { Failure } from '#core/failure';
import { type OpenJob, runJob } from '#jobs/job';
import type { RunRequest } from '#jobs/job-context';
import { ofRun } from '#jobs/observer';
import { openJobRun } from '#jobs/open-run';
import type { Run } from '#jobs/runs/run-folder';
import { workersFor } from '#jobs/workers/launcher';
import { asSpace, printSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import { backend } from '#networks/tensor/backend';
import type { Evaluation } from './evaluate.js';
import type { FinishedRun } from './finished-run.js';
import { fewImages, forCalibration } from './int8/calibration-images.js';
import { int8Start } from './int8/int8-start.js';
import { type OpenedData, openTrainingData } from './open-training-data.js';
import { microBatchesOf, renamedTrainingKeys, type TrainingRecipe } from './recipe.js';
import { requireFit, requireImages, requireNormalisable } from './requirements.js';
import { type TrainingJob, trainingJob } from './training-job.js';
import { trainingSteps } from './training-plan.js';

/**
 * Trains a network and returns its evaluation; undefined for a finished run, which is left unchanged.
 *
 * @param start  the run of the network whose weights a recipe that quantizes starts from
 */
export async function train(
  network: Architecture,
  recipe: TrainingRecipe,
  request: RunRequest,
  start?: FinishedRun,
): Promise<Evaluation | undefined> {
  const context = { ...request.context, observer: ofRun(request.context.observer, request.id) };
  const opened = await openTraining(network, recipe, { ...request, context }, start);
  return runJob(trainingJob, opened, context, request.profile);
}

/** Opens the recipe's images, which must fit the network, and its run; an existing run is resumed if allowed. */
async function openTraining(
  network: Architecture,
  recipe: TrainingRecipe,
  request: RunRequest,
  start: FinishedRun | undefined,
): Promise<OpenJob<TrainingJob, OpenedData>> {
  const { context } = request;
  if (recipe.quantize !== undefined) requireQuantizable(recipe, start);
  const data = await openTrainingData(recipe, network.classes);
  for (const note of data.notes) context.observer.warn(note); // first, since they may explain a misfit
  requireFit(network, data.shape, data.classes);
  requireNormalisable(asSpace(network), recipe);
  requireImages(recipe, data.images);
  const { base: recipeFolder, ...plain } = recipe;
  const workers = workersFor(context.workers, microBatchesOf(recipe));
  const run = await openJobRun(request, workers, {
    stage: 'train',
    steps: trainingSteps(recipe, data.images),
    lengthKey: 'epochs',
    renamedKeys: renamedTrainingKeys,
    config: stringify(plain),
    identity: { ...flattened(plain), ...(start && { start: start.id }) },
    space: printSpace(asSpace(network)),
    environment: { recipeFolder },
  });
  const images = async () => fewImages((await openTrainingData(forCalibration(recipe), network.classes)).batches);
  const int8 = start && !run.wasDone ? await orFailed(run, () => int8Start(run.folder, start, images)) : undefined;
  return { job: { network, recipe, int8 }, data, workers, run };
}

/** Returns what `work` makes; if it fails, the run has failed. */
async function orFailed<T>(run: Run, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    run.finish('failed', (error as Error).message);
    throw error;
  }
}

function requireQuantizable({ name }: TrainingRecipe, start: FinishedRun | undefined): void {
  if (start === undefined) throw new Error(`${name}: no run to start from`);
  if (backend().name === 'cpu')
    throw new Failure('usage', `--backend cpu: expected native TensorFlow, which rounds as int8, for ${name}; got cpu`);
}
