/** The final training of a search: its recipe, its run, and the checks that can be made before the search. */
import { join, resolve } from 'node:path';
import { asSpace } from '#networks/space/print';
import type { Architecture } from '#networks/space/space';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { hasWeights } from '#tasks/training/finished-run';
import { openTrainingData } from '#tasks/training/open-training-data';
import { readTrainingRecipe, type TrainingRecipe } from '#tasks/training/recipe';
import { dataOfKind } from '#tasks/training/recipe-data';
import { requireFit, requireImages, requireNormalisable } from '#tasks/training/requirements';
import type { ProjectRequest } from './ports.js';

export interface FinalTraining {
  readonly recipeFile: string;
  readonly recipe: TrainingRecipe;
  /** The id of its run, and the run's folder. */
  readonly id: string;
  readonly folder: string;
  readonly isDone: boolean;
  /** Images in an epoch, and images of its test; undefined while a set that it needs is unknown. */
  readonly images: number | undefined;
  readonly test: number | undefined;
}

/**
 * Plans the final training of a config, and checks its recipe against its images and a network like the result.
 *
 * @param set     the distillation set of the search, built or planned, if it is known
 * @param likely  a network like the result of the fine stage
 */
export async function planFinalTraining(
  config: LocatedConfig,
  { root, id }: Pick<ProjectRequest, 'root' | 'id'>,
  set: StageSet | undefined,
  likely: Architecture,
): Promise<FinalTraining | undefined> {
  const { train } = config.config;
  if (train === undefined) return undefined;
  const recipeFile = config.path(train.recipe);
  const recipe = readTrainingRecipe(recipeFile);
  requireNormalisable(asSpace(likely), recipe);
  const folder = join(root, `${id}-train`);
  const run = { recipeFile, recipe, id: `${id}-train`, folder, isDone: hasWeights(folder) };
  const data = dataOfKind(recipe);
  if (data.kind === 'recipe' && namesSet(config, resolve(recipe.base, data.file))) {
    if (set === undefined) return { ...run, images: undefined, test: undefined };
    requireFit(likely, set.shape, set.classes);
    requireImages(recipe, set.splits.train);
    return { ...run, images: set.splits.train, test: set.splits.test };
  }
  const { images, shape, classes } = await openTrainingData(recipe, likely.classes);
  requireFit(likely, shape, classes);
  requireImages(recipe, images);
  return { ...run, images, test: 0 };
}

function namesSet({ config: { dataset }, path }: LocatedConfig, file: string): boolean {
  return 'recipe' in dataset && path(dataset.recipe) === file;
}
