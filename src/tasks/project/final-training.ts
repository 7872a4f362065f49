/** The final training of a search: its recipe, its run, and the checks that can be made before the search. */
import { join } from 'node:path';
import type { Architecture } from '#networks/space/space';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { hasWeights } from '#tasks/training/finished-run';
import { type PlannedRecipe, planRecipe } from './planned-recipe.js';
import type { ProjectRequest } from './ports.js';

export interface FinalTraining extends PlannedRecipe {
  /** The id of its run, and the run's folder. */
  readonly id: string;
  readonly folder: string;
  readonly isDone: boolean;
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
  const folder = join(root, `${id}-train`);
  const planned = await planRecipe(config, train.recipe, set, likely);
  return { ...planned, id: `${id}-train`, folder, isDone: hasWeights(folder) };
}
