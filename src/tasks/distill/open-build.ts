/** Opens the images of a dataset recipe and checks the recipe against them, before a teacher is trained. */
import { dirname } from 'node:path';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { formOf, type ImageForm, type ImageSet } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { type BuildPlan, planBuild, sourceSplit } from './build-plan.js';
import { type BuildRecipe, readBuildRecipe } from './build-recipe.js';

/** A dataset recipe with its images, ready to build. */
export interface OpenBuild {
  readonly recipe: BuildRecipe;
  readonly source: ImageSet;
  /** The images from which train images are selected, if the recipe names any. */
  readonly pool?: ImageSet | undefined;
  readonly form: ImageForm;
  readonly plan: BuildPlan;
}

/** Reads a recipe and opens its images; missing images are a data failure, mistakes a config failure. */
export async function openBuild(recipeFile: string): Promise<OpenBuild> {
  const recipe = readBuildRecipe(recipeFile);
  const base = dirname(recipeFile);
  const source = await openSource(recipe.source, base);
  const form = formOf(source);
  requireAugmentation(recipe.augment, form.shape);
  const split = sourceSplit(source, recipe);
  const train = recipe.pool === undefined ? { sources: split.train } : undefined;
  const plan = planBuild(source, recipe, { ...split, train });
  const pool = recipe.pool && (await openSource(recipe.pool.source, base));
  return { recipe, source, pool, form, plan };
}
