/** The ways in which configs and training recipes name distillation sets. */
import { z } from 'zod';
import { list, quantity, record, text } from '#core/documents/conform';

const recipe = text('the file of a dataset recipe').describe(
  'Dataset recipe, whose built set is looked up in the cache',
);
const folder = text('the folder of a distillation set').describe('Folder of a distillation set');
const weight = quantity('a weight above 0, at most 1e6', { above: 0, max: 1e6 })
  .default(1)
  .describe('Weight of its rows; every batch has rows in proportion to the weights');

/** `mix`: sets whose rows are mixed in every batch; validation and test images are those of the first. */
export const mixSchema = list(
  z.union([record({ recipe, weight }), record({ folder, weight })], {
    error: '{ recipe, weight } or { folder, weight }',
  }),
  'a list of sets',
  2,
).describe('Sets whose rows are mixed in every batch; validation and test images are those of the first');

export type MixReference = z.output<typeof mixSchema>;
export type SetReference = { readonly recipe: string } | { readonly folder: string } | { readonly mix: MixReference };

/** The sets that a reference names, with their weights. */
export function referencesOf(reference: SetReference): MixReference {
  if ('mix' in reference) return reference.mix;
  return 'recipe' in reference ? [{ recipe: reference.recipe, weight: 1 }] : [{ folder: reference.folder, weight: 1 }];
}
