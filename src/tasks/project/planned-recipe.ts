/** The recipe of a training that belongs to a search, checked with its images before the search begins. */
import { resolve } from 'node:path';
import { asSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { openTrainingData } from '#tasks/training/open-training-data';
import { readScratchRecipe, type TrainingRecipe } from '#tasks/training/recipe';
import { dataOfKind } from '#tasks/training/recipe-data';
import { requireFit, requireImages, requireNormalisable } from '#tasks/training/requirements';
import { missingDataset } from './preparation.js';

/** A recipe that a config names, with the numbers of its images. */
export interface PlannedRecipe {
  readonly recipeFile: string;
  readonly recipe: TrainingRecipe;
  /** Images in an epoch, and images of its test; undefined while a set that it needs is unknown, or not fetched. */
  readonly images: number | undefined;
  readonly test: number | undefined;
}

/**
 * Reads a recipe, counts its images, and checks it against them and a network.
 *
 * @param name    the recipe's file, as the config names it
 * @param set     the distillation set of the search, built or planned, if it is known
 * @param likely  a network like those that are trained
 */
export async function planRecipe(
  config: LocatedConfig,
  name: string,
  set: StageSet | undefined,
  likely: Architecture,
): Promise<PlannedRecipe> {
  const recipeFile = config.path(name);
  const recipe = readScratchRecipe(recipeFile);
  return { recipeFile, recipe, ...(await imagesOf(config, recipe, set, likely)) };
}

async function imagesOf(
  config: LocatedConfig,
  recipe: TrainingRecipe,
  set: StageSet | undefined,
  likely: Architecture,
): Promise<Pick<PlannedRecipe, 'images' | 'test'>> {
  requireNormalisable(asSpace(likely), recipe);
  const data = dataOfKind(recipe);
  if (data.kind === 'recipe' && namesSet(config, resolve(recipe.base, data.file))) {
    if (set === undefined) return { images: undefined, test: undefined };
    requireFit(likely, set.shape, set.classes);
    requireImages(recipe, set.splits.train);
    return { images: set.splits.train, test: set.splits.test };
  }
  if (set === undefined && data.kind === 'source' && missingDataset(data) !== undefined)
    return { images: undefined, test: undefined };
  const { images, shape, classes } = await openTrainingData(recipe, likely.classes);
  requireFit(likely, shape, classes);
  requireImages(recipe, images);
  return { images, test: 0 };
}

function namesSet({ config: { dataset }, path }: LocatedConfig, file: string): boolean {
  return 'recipe' in dataset && path(dataset.recipe) === file;
}
