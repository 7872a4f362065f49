/** Checks a training recipe against the network and the images, before a run begins. */
import { Failure } from '#core/failure';
import { pointNorm } from '#networks/space/point-norm';
import { inputShape } from '#networks/space/resolution';
import type { Architecture, Space } from '#networks/space/space';
import { defaultStatisticsBatches, microBatchesOf, type TrainingRecipe } from './recipe.js';
import { trainingSteps, warmupSteps } from './training-plan.js';

/** Refuses images that do not have the network's input shape and number of classes. */
export function requireFit(
  { name, input, classes }: Pick<Architecture, 'name' | 'input' | 'classes'>,
  shape: readonly [number, number, number],
  dataClasses: number,
): void {
  const expected = `${inputShape(input).join('x')} and ${classes} classes`;
  const got = `${shape.join('x')} and ${dataClasses} classes`;
  if (expected !== got) throw new Failure('config', `${name}: expected images of ${expected}; got ${got}`);
}

/**
 * Refuses training on one image at a time where batch norm would see a single value per channel, in the network or in
 * any of a space.
 */
export function requireNormalisable(space: Space, recipe: TrainingRecipe): void {
  const { name, batch } = recipe;
  const microBatches = microBatchesOf(recipe);
  const layer = batch === microBatches ? pointNorm(space) : undefined;
  if (layer === undefined) return;
  const given = microBatches === 1 ? 'a batch of 1' : `a batch of ${batch} in ${microBatches} micro-batches`;
  const message = `${space.name}: batch norm in ${layer} sees a single value per channel and image, so it needs 2 images or more at a time; ${name} gives it 1 (${given})`;
  throw new Failure(
    'config',
    message,
    batch === 1 ? 'set batch to 2 or more' : `set microBatches to ${mostMicroBatches(batch)}`,
  );
}

/** Returns the largest number of micro-batches that have 2 images or more each. */
function mostMicroBatches(batch: number): number {
  for (let parts = Math.floor(batch / 2); parts > 1; parts--) if (batch % parts === 0) return parts;
  return 1;
}

/**
 * Refuses a batch larger than an epoch, more statistics batches than `mostStatisticsBatches`, and a warm-up over the
 * whole training.
 */
export function requireImages(recipe: TrainingRecipe, images: number): void {
  const { name, batch, statisticsBatches } = recipe;
  const problems: string[] = [];
  if (batch > images) problems.push(`batch: expected at most the ${images} train images; got ${batch}`);
  const most = mostStatisticsBatches(batch, images, defaultStatisticsBatches);
  if (statisticsBatches > most) problems.push(`statisticsBatches: ${statisticsProblem(statisticsBatches, most)}`);
  const [end, steps] = [warmupSteps(recipe, images), trainingSteps(recipe, images)];
  if (end > 0 && end >= steps) problems.push(`warmupEpochs: ${warmupProblem(end, steps)}`);
  if (problems.length === 0) return;
  throw new Failure(
    'config',
    problems.map((message) => ({ message: `${name}: ${message}` })),
  );
}

/** Returns the number of batches in an epoch or, if larger, the default, which then repeats the images. */
export function mostStatisticsBatches(batch: number, images: number, byDefault: number): number {
  return Math.max(byDefault, Math.ceil(images / batch));
}

/** Returns the message for a warm-up that leaves no steps in which the learning rate falls. */
export function warmupProblem(end: number, steps: number): string {
  return `expected a warm-up that ends before the last of ${steps} steps; got one of ${end} steps`;
}

export function statisticsProblem(got: number, most: number): string {
  return `expected at most ${most}, which go over all train images; got ${got}`;
}
