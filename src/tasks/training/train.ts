/** Trains a network by a recipe in a run folder. */
import { stringify } from 'yaml';
import { flattened } from '#core/documents/flatten';
import { type OpenJob, runJob } from '#jobs/job';
import type { RunRequest } from '#jobs/job-context';
import { ofRun } from '#jobs/observer';
import { openJobRun } from '#jobs/open-run';
import { workersFor } from '#jobs/workers/launcher';
import { asSpace, printSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import type { Evaluation } from './evaluate.js';
import { type OpenedData, openTrainingData } from './open-training-data.js';
import { microBatchesOf, renamedTrainingKeys, type TrainingRecipe } from './recipe.js';
import { requireFit, requireImages, requireNormalisable } from './requirements.js';
import { type TrainingJob, trainingJob } from './training-job.js';
import { trainingSteps } from './training-plan.js';

/** Trains a network and returns its evaluation; undefined for a finished run, which is left unchanged. */
export async function train(
  network: Architecture,
  recipe: TrainingRecipe,
  request: RunRequest,
): Promise<Evaluation | undefined> {
  const context = { ...request.context, observer: ofRun(request.context.observer, request.id) };
  return runJob(trainingJob, await openTraining(network, recipe, { ...request, context }), context, request.profile);
}

/** Opens the recipe's images, which must fit the network, and its run; an existing run is resumed if allowed. */
async function openTraining(
  network: Architecture,
  recipe: TrainingRecipe,
  request: RunRequest,
): Promise<OpenJob<TrainingJob, OpenedData>> {
  const { context } = request;
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
    identity: flattened(plain),
    space: printSpace(asSpace(network)),
    environment: { recipeFolder },
  });
  return { job: { network, recipe }, data, workers, run };
}
