/** The `data` of a training recipe, told apart by kind. */
import type { TrainingRecipe } from './recipe.js';

/**
 * A recipe's data with its kind, which its keys tell: labelled images, or a distillation set by its recipe's `file` or by
 * its folder.
 */
export function dataOfKind({ data }: Pick<TrainingRecipe, 'data'>) {
  if ('source' in data) return { kind: 'source', ...data } as const;
  return 'recipe' in data
    ? ({ kind: 'recipe', file: data.recipe } as const)
    : ({ kind: 'folder', file: data.folder } as const);
}
