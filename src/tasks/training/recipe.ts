/** `*.train.yaml`: how one network is trained from scratch. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, fileName, integer, quantity, record, text } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { type Override, withOverrides } from '#core/documents/overrides';
import { type RenamedKey, type Tell, withNewKey, withNewKeys } from '#core/documents/renamed-keys';
import { augmentSchema, sourceSchema } from '#data/images/source-schema';
import { optimizerSchema } from '#networks/nn/optimizer-schema';

const share = quantity('a share from 0 to below 1', { min: 0, below: 1 });
const rate = quantity('a rate from 0 to .9', { min: 0, max: 0.9 });

const count = (what: string, max = 1e6) => integer(`a number of ${what} from 1 to ${max}`, 1, max);

export const defaultStatisticsBatches = 50;

const fields = record({
  name: fileName().describe('Name of the recipe'),
  data: z
    .union(
      [
        record({
          source: sourceSchema.describe('Labelled images'),
          augment: augmentSchema.default({}).describe('Changes to the images, drawn again in every epoch'),
        }),
        record({ recipe: text('the file of a dataset recipe').describe('Dataset recipe, whose built set is used') }),
        record({ folder: text('the folder of a distillation set').describe('Folder of a distillation set') }),
      ],
      { error: '{ source }, { recipe } or { folder }' },
    )
    .describe('Images: labelled ones, or a distillation set'),
  epochs: quantity('a number of epochs > 0, at most 1e6', { above: 0, max: 1e6 }).describe('Epochs of the training'),
  batch: count('images').default(128).describe('Images of a step'),
  /** Hoffer et al. 2017, arXiv:1705.08741, "ghost batches". */
  microBatches: count('micro-batches')
    .optional()
    .describe(
      'Equal parts of a batch, each normalised by itself, which workers may share; by default 1; the result depends on it',
    ),
  optimizer: optimizerSchema.describe('Optimizer of the weights'),
  learningRate: quantity('a learning rate from 1e-9 to 1e30', { min: 1e-9, max: 1e30 }).describe(
    'Peak learning rate; it then falls along a cosine',
  ),
  warmupEpochs: quantity('a number of epochs from 0 to 1e6', { min: 0, max: 1e6 })
    .default(0)
    .describe('Epochs over which the learning rate rises'),
  labelSmoothing: share
    .default(0.1)
    .describe(
      "Probability that is spread over all classes; only for labels of a source, as a teacher's are soft already",
    ),
  dropout: rate.default(0).describe('Share of features dropped before the classifier'),
  stochasticDepth: rate
    .optional()
    .describe(
      'Share of images for which the last residual block adds nothing; rises to it from the first; by default 0',
    ),
  l2: quantity('a number from 0 to 1e9', { min: 0, max: 1e9 }).default(0).describe('L2 factor on the kernels'),
  seed: integer('a seed from 0', 0).default(0).describe('Seed of all random streams'),
  statisticsBatches: count('batches')
    .default(defaultStatisticsBatches)
    .describe('Training batches on which batch-norm statistics are estimated at the end'),
  logEvery: count('steps', 1e9).default(50).describe('Steps between two events'),
  checkpointEvery: count('steps', 1e9).default(500).describe('Steps between two checkpoints'),
});

export const trainingRecipeSchema = fields
  .refine(({ batch, microBatches }) => batch % microBatchesOf({ microBatches }) === 0, {
    error: ({ input }) => `a divisor of the batch of ${(input as z.output<typeof fields>).batch}`,
    path: ['microBatches'],
  })
  .refine(({ epochs, warmupEpochs }) => warmupEpochs < epochs, {
    error: ({ input }) => `fewer epochs than the ${(input as z.output<typeof fields>).epochs} of the training`,
    path: ['warmupEpochs'],
  });

/** Parts of a step's batch: left out of a recipe, and of what its run is known by, it is 1. */
export function microBatchesOf({ microBatches = 1 }: { readonly microBatches?: number | undefined }): number {
  return microBatches;
}

/** Keys of training recipes that had other names. */
export const renamedTrainingKeys: readonly RenamedKey[] = [{ path: ['shares'], to: 'microBatches' }];

export interface TrainingRecipe extends z.output<typeof trainingRecipeSchema> {
  /** The folder that its relative paths start from. */
  readonly base: string;
}

/** @param tell  is told of keys under former names; by default whoever hears the process's notices */
export function readTrainingRecipe(file: string, overrides: readonly Override[] = [], tell?: Tell): TrainingRecipe {
  const set = overrides.map((override) => withNewKey(override, renamedTrainingKeys, tell));
  const located = withOverrides(withNewKeys(locateYaml(file, readText(file)), renamedTrainingKeys, tell), set);
  return { ...conform(located, trainingRecipeSchema), base: dirname(resolve(file)) };
}
