/** The training recipe, `*.train.yaml`, by which a network is trained from scratch. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, fileName, integer, quantity, record, text, word } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { type Override, withOverrides } from '#core/documents/overrides';
import { type RenamedKey, type Tell, withNewKey, withNewKeys } from '#core/documents/renamed-keys';
import { Failure } from '#core/failure';
import { augmentSchema, sourceSchema } from '#data/images/source-schema';
import { mixSchema } from '#data/sets/set-reference';
import { optimizerSchema } from '#networks/nn/optimizer-schema';
import { precisionSettings } from '#networks/tensor/precision';

const share = quantity('a share from 0 to below 1', { min: 0, below: 1 });
const rate = quantity('a rate from 0 to 0.9', { min: 0, max: 0.9 });

const count = (what: string, max = 1e6) => integer(`a number of ${what} from 1 to ${max}`, 1, max);

export const defaultStatisticsBatches = 50;

const fields = record({
  name: fileName().describe('Name of the recipe'),
  data: z
    .union(
      [
        record({
          source: sourceSchema.describe('Labelled images'),
          augment: augmentSchema.default({}).describe('Augmentation of the images, drawn again in every epoch'),
        }),
        record({ recipe: text('the file of a dataset recipe').describe('Dataset recipe, whose built set is used') }),
        record({ folder: text('the folder of a distillation set').describe('Folder of a distillation set') }),
        record({ mix: mixSchema }),
      ],
      { error: '{ source }, { recipe }, { folder } or { mix }' },
    )
    .describe('Images: labelled ones, or a distillation set'),
  epochs: quantity('a number of epochs > 0, at most 1e6', { above: 0, max: 1e6 }).describe('Epochs of the training'),
  batch: count('images').default(128).describe('Images per step'),
  /** Hoffer et al. 2017, arXiv:1705.08741, "ghost batches". */
  microBatches: count('micro-batches')
    .optional()
    .describe(
      'Equal parts of a batch, each normalised separately; workers may share them; by default 1; affects the result',
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
      'Share of images for which the last residual block adds nothing; less for earlier ones, by depth; by default 0',
    ),
  l2: quantity('a number from 0 to 1e9', { min: 0, max: 1e9 }).default(0).describe('L2 factor on the kernels'),
  ema: record({
    decay: share
      .default(0.9999)
      .describe(
        'Share of the average that a step keeps; the first steps, counted by t, keep (1 + t) / (10 + t) if less',
      ),
  })
    .optional()
    .describe('Keep an exponential moving average of the weights, and evaluate and write it in their place'),
  precision: word(...precisionSettings)
    .optional()
    .describe(
      'Format of feature maps in the steps; half-activations stores them as bfloat16, which takes less memory and, where the processor multiplies it, less time; auto does so only there; by default full; the result is evaluated in full',
    ),
  quantize: word('int8')
    .optional()
    .describe(
      'Train a trained run further while its values and weights are rounded as in int8, so that it loses less there (quantization-aware training)',
    ),
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
  })
  .refine(({ quantize, precision }) => quantize === undefined || (precision ?? 'full') === 'full', {
    error: 'full, as values are rounded to int8 from float32',
    path: ['precision'],
  });

/** Returns the number of micro-batches in a step: 1 where a recipe, and hence its run's identity, leaves it out. */
export function microBatchesOf({ microBatches = 1 }: { readonly microBatches?: number | undefined }): number {
  return microBatches;
}

/** Renamed keys of training recipes. */
export const renamedTrainingKeys: readonly RenamedKey[] = [{ path: ['shares'], to: 'microBatches' }];

export interface TrainingRecipe extends z.output<typeof trainingRecipeSchema> {
  /** Folder against which its relative paths are resolved. */
  readonly base: string;
}

/**
 * Reads a training recipe.
 *
 * @param tell  called with a message for each key under a former name; by default this is a notice of the process
 */
export function readTrainingRecipe(file: string, overrides: readonly Override[] = [], tell?: Tell): TrainingRecipe {
  return locatedRecipe(file, overrides, tell).recipe;
}

/** Reads the recipe of a training from scratch; one that trains a trained run further is a config failure. */
export function readScratchRecipe(file: string): TrainingRecipe {
  const { located, recipe } = locatedRecipe(file, []);
  if (recipe.quantize === undefined) return recipe;
  const problem = located.at(
    ['quantize'],
    'expected a training from scratch; got one that trains a trained run further',
  );
  throw new Failure('config', problem, `train a run with it: mnv4-nas train RUN --recipe ${file}`);
}

function locatedRecipe(file: string, overrides: readonly Override[], tell?: Tell) {
  const set = overrides.map((override) => withNewKey(override, renamedTrainingKeys, tell));
  const located = withOverrides(withNewKeys(locateYaml(file, readText(file)), renamedTrainingKeys, tell), set);
  const recipe: TrainingRecipe = { ...conform(located, trainingRecipeSchema), base: dirname(resolve(file)) };
  return { located, recipe };
}
