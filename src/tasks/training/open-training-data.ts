/** The images of a training recipe: labelled ones, or a distillation set. */
import { resolve } from 'node:path';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { openSource } from '#data/images/open-source';
import { openSet } from '#data/sets/built-set';
import { labelledBatches } from '#data/sets/labelled-batches';
import { type Batches, batches } from '#data/sets/loader';
import { type EvaluationImages, splitImages, testImages } from './evaluate.js';
import { microBatchesOf, type TrainingRecipe } from './recipe.js';

export interface TrainingData {
  /** Of one share of a step each. */
  readonly batches: Batches;
  /** Images of an epoch. */
  readonly images: number;
  readonly test: EvaluationImages;
}

/** The images that a recipe names, and what they look like. */
export interface OpenedData extends TrainingData {
  /** [H, W, C]. */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
  readonly classNames: readonly string[];
  /** Where the images came from and how far they were checked. */
  readonly provenance: string;
  /** Notes for the user, shown before the data are used. */
  readonly notes: readonly string[];
}

/** @param networkClasses  classes of the network that is to see the images: so many at least have those that nobody named */
export function openTrainingData(recipe: TrainingRecipe, networkClasses: number): OpenedData {
  const { data, seed, labelSmoothing } = recipe;
  const batch = recipe.batch / microBatchesOf(recipe);
  if ('source' in data) {
    const source = openSource(data.source, recipe.base, networkClasses);
    requireAugmentation(data.augment, source.shape);
    const train = labelledBatches(source, { seed, batch, augment: data.augment, labelSmoothing });
    return {
      batches: train,
      images: source.train.n,
      test: testImages(source),
      shape: source.shape,
      classes: source.classes,
      classNames: source.classNames,
      provenance: source.provenance,
      notes: source.notes ?? [],
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
    classNames: set.manifest.classNames,
    provenance: set.manifest.source.provenance,
    notes: [],
  };
}
