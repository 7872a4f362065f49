/** Opens the images of a dataset recipe and checks the recipe against them, before a teacher is trained. */
import { dirname } from 'node:path';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { formOf, type ImageForm, type ImageSet } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { type BuildPlan, planBuild } from './build-plan.js';
import { type BuildRecipe, readBuildRecipe } from './build-recipe.js';

/** A dataset recipe with its images, ready to build. */
export interface OpenBuild {
  readonly recipe: BuildRecipe;
  readonly source: ImageSet;
  readonly form: ImageForm;
  readonly plan: BuildPlan;
}

/** Reads a recipe and opens its images; missing images are a data failure, mistakes a config failure. */
export async function openBuild(recipeFile: string): Promise<OpenBuild> {
  const recipe = readBuildRecipe(recipeFile);
  const source = await openSource(recipe.source, dirname(recipeFile));
  const form = formOf(source);
  requireAugmentation(recipe.augment, form.shape);
  return { recipe, source, form, plan: planBuild(source, recipe) };
}
