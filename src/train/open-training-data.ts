/** The images of a training recipe: labelled ones, or a distillation set. */
import { resolve } from 'node:path';
import { openSet } from '../data/built-set.js';
import { batches } from '../data/loader.js';
import { openSource } from '../data/open-source.js';
import { splitImages, testImages } from './evaluate.js';
import { labelledBatches } from './labelled-batches.js';
import type { TrainingRecipe } from './recipe.js';
import type { TrainingData } from './training-run.js';

/** The images that a recipe names, and what they look like. */
export interface OpenedData extends TrainingData {
  /** [H, W, C]. */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
}

export function openTrainingData(recipe: TrainingRecipe): OpenedData {
  const { data, seed, batch, labelSmoothing } = recipe;
  if ('source' in data) {
    const source = openSource(data.source, recipe.base);
    const train = labelledBatches(source, { seed, batch, augment: data.augment, labelSmoothing });
    return {
      batches: train,
      images: source.train.n,
      test: testImages(source),
      shape: source.shape,
      classes: source.classes,
    };
  }
  const reference =
    'recipe' in data ? { recipe: resolve(recipe.base, data.recipe) } : { folder: resolve(recipe.base, data.folder) };
  const set = openSet(reference);
  const train = set.split('train');
  return {
    batches: batches(train, { seed, batch }),
    images: train.rows,
    test: splitImages(set.split('test')),
    shape: set.manifest.shape,
    classes: set.manifest.classes,
  };
}
