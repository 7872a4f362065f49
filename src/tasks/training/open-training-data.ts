/** The images of a training recipe: labelled images, or a distillation set. */
import { resolve } from 'node:path';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { formOf } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { openTrainingSet } from '#data/sets/built-set';
import { labelledBatches } from '#data/sets/labelled-batches';
import type { Batches } from '#data/sets/loader';
import { trainBatches } from '#data/sets/set-mix';
import type { SetReference } from '#data/sets/set-reference';
import { type EvaluationImages, splitImages, testImages } from './evaluate.js';
import { microBatchesOf, type TrainingRecipe } from './recipe.js';
import { dataOfKind } from './recipe-data.js';

export interface TrainingData {
  /** Batches of one micro-batch each. */
  readonly batches: Batches;
  /** Number of images in an epoch. */
  readonly images: number;
  readonly test: EvaluationImages;
}

/** The images that a recipe names, with their form and origin. */
export interface OpenedData extends TrainingData {
  /** ImageShape of the images, [H, W, C]. */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
  readonly classNames: readonly string[];
  /** Origin of the images, and how far they were checked. */
  readonly provenance: string;
  /** Notes for the user, shown before the data are used. */
  readonly notes: readonly string[];
}

/**
 * Opens the images that a recipe names; images that do not exist or differ in size are data failures.
 *
 * @param networkClasses  number of the network's classes; a source without class names has at least as many
 */
export async function openTrainingData(recipe: TrainingRecipe, networkClasses: number): Promise<OpenedData> {
  const { seed, labelSmoothing } = recipe;
  const data = dataOfKind(recipe);
  const batch = recipe.batch / microBatchesOf(recipe);
  if (data.kind === 'source') {
    const source = await openSource(data.source, recipe.base, networkClasses);
    const { shape, classes } = formOf(source);
    requireAugmentation(data.augment, shape);
    const train = labelledBatches(source, { seed, batch, augment: data.augment, labelSmoothing });
    return {
      batches: train,
      images: source.train.n,
      test: testImages(source),
      shape,
      classes,
      classNames: source.classNames,
      provenance: source.provenance,
      notes: source.notes ?? [],
    };
  }
  const set = openTrainingSet(recipe.data as SetReference, (file) => resolve(recipe.base, file));
  return {
    batches: trainBatches(set, { seed, batch }),
    images: set.manifest.splits.train,
    test: splitImages(set.split('test')),
    shape: set.manifest.shape,
    classes: set.manifest.classes,
    classNames: set.manifest.classNames,
    provenance: set.manifest.source.provenance,
    notes: [],
  };
}
