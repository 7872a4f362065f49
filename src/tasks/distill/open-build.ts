/** Opens the images of a dataset recipe and checks the recipe against them, before a teacher is trained. */
import { dirname } from 'node:path';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { formOf, type ImageForm, type ImageSet } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { type BuildPlan, planBuild, sourceSplit } from './build-plan.js';
import { type BuildRecipe, readBuildRecipe } from './build-recipe.js';
import type { BuildRequest } from './build-request.js';
import type { LoadTeachers } from './build-teacher.js';

/** A dataset recipe with its images, ready to build. */
export interface OpenBuild {
  readonly recipeFile: string;
  readonly recipe: BuildRecipe;
  readonly source: ImageSet;
  /** The images of the recipe's pool, if it has one. */
  readonly pool: ImageSet | undefined;
  readonly form: ImageForm;
  /** The plan with as many train rows as the recipe asks for, even if a pool's images are still to be selected. */
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
  return { recipeFile, recipe, source, pool, form, plan };
}

/**
 * Loads the teacher, and the selector of a pool, of an opened build.
 *
 * @param threads  threads that draw rows; with one, rows are drawn in this thread
 */
export async function requestOf(
  { recipeFile, recipe, source, pool, form }: OpenBuild,
  loadTeachers: LoadTeachers,
  threads: number,
): Promise<Omit<BuildRequest, 'to'>> {
  const load = (references: BuildRecipe['teacher']) => loadTeachers(references, { recipeFile, form });
  const teacher = await load(recipe.teacher);
  const { selector } = recipe.pool ?? {};
  return {
    source,
    recipe,
    teacher,
    pool: pool && { source: pool, selector: selector === undefined ? teacher : await load(selector) },
    threads,
  };
}
