/** The kinds of `data` in a training recipe. */
import type { TrainingRecipe } from './recipe.js';

/**
 * Returns a recipe's data with its kind, which follows from its keys: labelled images, or a distillation set by the
 * `file` of its recipe or by its folder, or a mix of sets.
 */
export function dataOfKind({ data }: Pick<TrainingRecipe, 'data'>) {
  if ('source' in data) return { kind: 'source', ...data } as const;
  if ('mix' in data) return { kind: 'mix', mix: data.mix } as const;
  return 'recipe' in data
    ? ({ kind: 'recipe', file: data.recipe } as const)
    : ({ kind: 'folder', file: data.folder } as const);
}
