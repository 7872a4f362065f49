/** A training's steps, as its recipe has them. */

import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import type { TrainingPlan } from './train-network.js';

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
