/** The steps of a training, derived from its recipe. */

import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import type { TrainingPlan } from './train-network.js';

/** Returns the number of steps of a training: its epochs in batches, at least 1. */
export function trainingSteps({ epochs, batch }: TrainingRecipe, images: number): number {
  return Math.max(1, Math.round((epochs * images) / batch));
}

/** Returns the number of steps over which the learning rate rises. */
export function warmupSteps({ warmupEpochs, batch }: TrainingRecipe, images: number): number {
  return Math.round((warmupEpochs * images) / batch);
}

/**
 * Returns the plan of a training from step `from` on.
 *
 * @param images  number of images in an epoch
 */
export function trainingPlan(recipe: TrainingRecipe, images: number, from: number): TrainingPlan {
  const { learningRate, l2, dropout, stochasticDepth = 0, seed, precision } = recipe;
  const steps = trainingSteps(recipe, images);
  const rate = { warmupSteps: warmupSteps(recipe, images), learningRate };
  return { from, steps, ...rate, l2, dropout, stochasticDepth, seed, precision, microBatches: microBatchesOf(recipe) };
}
