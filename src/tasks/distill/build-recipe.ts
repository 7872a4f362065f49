/** `*.dataset.yaml`: from which images, with which changes and by which teachers a distillation set is built. */
import { z } from 'zod';
import { conform, fileName, integer, list, record, text, word } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { type RenamedKey, withNewKeys } from '#core/documents/renamed-keys';
import { augmentSchema, sourceSchema } from '#data/images/source-schema';
import { preprocessingSchema } from '#networks/nn/preprocessing';
import { pixelNormNames } from '#networks/weights/pixel-norms';
import { weightConventionNames } from '#networks/weights/weight-conventions';

const teacher = z.union(
  [
    record({ run: text('the folder of a run') }),
    record({ network: text('the file of a network'), training: text('the file of a training recipe') }),
    record({
      network: text('the file of a network'),
      weights: text('a file with its weights'),
      convention: word(...weightConventionNames).optional(),
      pixels: word(...pixelNormNames).optional(),
    }),
    record({
      onnx: text('the file of an ONNX model'),
      /** By default what the model says, as our exports do. */
      preprocessing: preprocessingSchema.optional(),
      output: word('logits', 'probabilities').default('logits'),
    }),
  ],
  { error: '{ run }, { network, training }, { network, weights } or { onnx }' },
);

export const buildRecipeSchema = record({
  name: fileName(),
  source: sourceSchema,
  /** Source images of the train part that the controller judges by; the same share of every class. */
  validation: integer('a count of source images, 1 or more'),
  augment: augmentSchema.default({}),
  /** Augmented copies of each train image. */
  replicas: integer('a count of replicas from 1 to 10000', 1, 10_000).default(1),
  seed: integer('a seed, 0 or more', 0).default(1),
  /** Several teachers average their probabilities. */
  teacher: list(teacher, 'a list of teachers'),
  rowsPerShard: integer('a count of rows from 1 to 1000000', 1, 1e6).optional(),
});

/** Keys of dataset recipes that had other names; manifests keep those. */
export const renamedRecipeKeys: readonly RenamedKey[] = [{ path: ['held'], to: 'validation' }];

export type BuildRecipe = z.output<typeof buildRecipeSchema>;
export type TeacherReference = BuildRecipe['teacher'][number];

/** Reads a recipe; all its mistakes are thrown as one `Failure` of kind `config`. */
export function readBuildRecipe(file: string): BuildRecipe {
  return parseBuildRecipe(file, readText(file));
}

export function parseBuildRecipe(file: string, content: string): BuildRecipe {
  return conform(withNewKeys(locateYaml(file, content), renamedRecipeKeys), buildRecipeSchema);
}
