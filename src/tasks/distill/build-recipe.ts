/** `*.dataset.yaml`: images, augmentation and teachers of a distillation set. */
import { z } from 'zod';
import { conform, fileName, integer, list, quantity, record, text, word } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { type RenamedKey, withNewKeys } from '#core/documents/renamed-keys';
import { augmentSchema, sourceSchema } from '#data/images/source-schema';
import { storedKinds } from '#data/sets/manifest';
import { preprocessingSchema } from '#networks/nn/preprocessing';
import { pixelNormNames } from '#networks/weights/pixel-norms';
import { weightConventionNames } from '#networks/weights/weight-conventions';

const network = text('the file of a network').describe('Network, by file');
const teacher = z.union(
  [
    record({ run: text('the folder of a run').describe('Folder of a finished training') }),
    record({
      network,
      training: text('the file of a training recipe').describe(
        'Training recipe that the network is trained with first',
      ),
    }),
    record({
      network,
      weights: text('a file with its weights').describe(
        "Weights of the network: safetensors, with our names or timm's",
      ),
      convention: word(...weightConventionNames)
        .optional()
        .describe('Padding and batch-norm epsilon that the weights were trained with; by default those of the network'),
      pixels: word(...pixelNormNames)
        .optional()
        .describe('Normalisation of pixels that the weights were trained with; by default that of the network'),
    }),
    record({
      onnx: text('the file of an ONNX model').describe('Classifier as an ONNX model'),
      preprocessing: preprocessingSchema
        .optional()
        .describe("Preprocessing of pixels; by default that in the model's metadata, where our exports store it"),
      output: word('logits', 'probabilities').default('logits').describe("Meaning of the model's output"),
    }),
  ],
  { error: '{ run }, { network, training }, { network, weights } or { onnx }' },
);

const poolSchema = record({
  source: sourceSchema.describe('Images to select from: their train part; their labels are ignored'),
  keepAbove: quantity('a probability from 0 to below 1', { min: 0, below: 1 })
    .default(0.3)
    .describe('An image is kept for each class whose probability exceeds this'),
  perClass: integer('a count of images from 1 to 10000000', 1, 1e7).describe(
    'Images of each class: drawn without repetition from those kept, or repeated evenly where a class has fewer',
  ),
  selector: list(teacher, 'a list of teachers')
    .optional()
    .describe("Networks whose probabilities select; by default the set's teachers"),
});

export const buildRecipeSchema = record({
  name: fileName().describe('Name of the set'),
  source: sourceSchema.describe('Labelled images that the set is built from'),
  validation: integer('a count of source images, 1 or more').describe(
    'Train images of the source for the validation split, unchanged; the same share of every class',
  ),
  augment: augmentSchema.default({}).describe('Augmentation of the train images, drawn once for each copy'),
  replicas: integer('a count of replicas from 1 to 10000', 1, 10_000)
    .default(1)
    .describe('Augmented copies of each train image'),
  seed: integer('a seed, 0 or more', 0).default(1).describe('Seed of the split and of the augmentation'),
  teacher: list(teacher, 'a list of teachers').describe('Teachers; the probabilities of several are averaged'),
  images: record({
    stored: word(...storedKinds).describe(
      'Raw pixels, or encoded as JPEG or PNG; by default raw up to 16 KiB per image, else jpeg',
    ),
    quality: integer('a quality from 1 to 100', 1, 100)
      .optional()
      .describe('Quality of JPEG, by default 95; chroma is stored at full resolution'),
  })
    .refine(({ stored, quality }) => quality === undefined || stored === 'jpeg', {
      error: 'a quality only for jpeg',
      path: ['quality'],
    })
    .optional()
    .describe('How images are stored; the teacher sees them as they are decoded'),
  softLabels: record({
    top: integer('a count of classes from 1 to 10000', 1, 10_000).describe(
      'Most probable classes whose probabilities are stored, the rest as one sum; by default all up to 64 classes, else 10',
    ),
  })
    .optional()
    .describe("How the teacher's probabilities are stored"),
  pool: poolSchema.optional().describe("Images that the train split is selected from, in place of the source's"),
  rowsPerShard: integer('a count of rows from 1 to 1000000', 1, 1e6)
    .optional()
    .describe('Rows per shard file; by default up to 8,192, fewer if images are large'),
});

/** Renamed keys of dataset recipes; manifests keep the former names. */
export const renamedRecipeKeys: readonly RenamedKey[] = [{ path: ['held'], to: 'validation' }];

export type BuildRecipe = z.output<typeof buildRecipeSchema>;
export type TeacherReference = BuildRecipe['teacher'][number];

/** Adds to a teacher its kind, which its keys determine. */
export function teacherOfKind(teacher: TeacherReference) {
  if ('run' in teacher) return { kind: 'run', ...teacher } as const;
  if ('onnx' in teacher) return { kind: 'onnx', ...teacher } as const;
  return 'weights' in teacher
    ? ({ kind: 'weights', ...teacher } as const)
    : ({ kind: 'training', ...teacher } as const);
}

export type TeacherOfKind<Kind extends string> = Extract<ReturnType<typeof teacherOfKind>, { readonly kind: Kind }>;

/** Reads a recipe; throws all its mistakes as one `Failure` of kind `config`. */
export function readBuildRecipe(file: string): BuildRecipe {
  return parseBuildRecipe(file, readText(file));
}

export function parseBuildRecipe(file: string, content: string): BuildRecipe {
  return conform(withNewKeys(locateYaml(file, content), renamedRecipeKeys), buildRecipeSchema);
}
