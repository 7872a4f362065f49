/** A training's steps, as its recipe has them. */

import type { Profiler } from '#jobs/profile';
import type { RecordedSteps } from '#jobs/step-recorder';
import type { Collective } from '#jobs/workers/collective';
import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import type { Trainee, TrainingPlan, TrainingStep } from './train-network.js';

/** Steps of a training: its epochs in batches, at least one. */
export function trainingSteps({ epochs, batch }: TrainingRecipe, images: number): number {
  return Math.max(1, Math.round((epochs * images) / batch));
}

/** Steps over which the learning rate rises. */
export function warmupSteps({ warmupEpochs, batch }: TrainingRecipe, images: number): number {
  return Math.round((warmupEpochs * images) / batch);
}

/** @param images  of an epoch */
export function trainingPlan(recipe: TrainingRecipe, images: number, from: number): TrainingPlan {
  const { learningRate, l2, dropout, stochasticDepth = 0, seed } = recipe;
  const steps = trainingSteps(recipe, images);
  const rate = { warmupSteps: warmupSteps(recipe, images), learningRate };
  return { from, steps, ...rate, l2, dropout, stochasticDepth, seed, microBatches: microBatchesOf(recipe) };
}

/** What the recorder of the training's steps is told. */
export function recordedSteps(
  { logEvery, checkpointEvery }: TrainingRecipe,
  { steps }: TrainingPlan,
  trainee: Trainee,
  collective: Collective,
  shouldStop: () => boolean,
  profile: Profiler,
): RecordedSteps<TrainingStep> {
  return { steps, logEvery, checkpointEvery, collective, shouldStop, state: () => [trainee.weightBytes()], profile };
}
