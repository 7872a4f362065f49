/** `*.train.yaml`: how one network is trained from scratch. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, integer, quantity, record, text } from '../core/conform.js';
import { locateYaml, readText } from '../core/document.js';
import { type Override, withOverrides } from '../core/overrides.js';
import { augmentSchema, sourceSchema } from '../data/source-schema.js';
import { optimizerSchema } from './optimizer-schema.js';

const share = quantity('a share from 0 to 1', { min: 0, max: 1 });

export const trainingRecipeSchema = record({
  name: text('a name'),
  /** Labelled images, changed anew in every epoch; or a distillation set, as it was built. */
  data: z.union(
    [
      record({ source: sourceSchema, augment: augmentSchema.default({}) }),
      record({ recipe: text('the file of a dataset recipe') }),
      record({ folder: text('the folder of a distillation set') }),
    ],
    { error: '{ source }, { recipe } or { folder }' },
  ),
  epochs: quantity('a number of epochs > 0', { above: 0 }),
  batch: integer('a number of images of at least 1').default(128),
  optimizer: optimizerSchema,
  learningRate: quantity('a learning rate > 0', { above: 0 }),
  /** Epochs over which the learning rate rises. */
  warmupEpochs: quantity('a number of epochs >= 0', { min: 0 }).default(0),
  /** Hard labels alone are smoothed; a teacher's are soft already. */
  labelSmoothing: share.default(0.1),
  dropout: quantity('a rate from 0 to .9', { min: 0, max: 0.9 }).default(0),
  l2: quantity('a number >= 0', { min: 0 }).default(0),
  seed: integer('a seed from 0', 0).default(0),
  /** Training batches that BN statistics are estimated on at the end. */
  statisticsBatches: integer('a number of batches of at least 1').default(50),
  logEvery: integer('a number of steps of at least 1').default(50),
  checkpointEvery: integer('a number of steps of at least 1').default(500),
});

export interface TrainingRecipe extends z.output<typeof trainingRecipeSchema> {
  /** The folder that its relative paths start from. */
  readonly base: string;
}

export function readTrainingRecipe(file: string, overrides: readonly Override[] = []): TrainingRecipe {
  const located = withOverrides(locateYaml(file, readText(file)), overrides);
  return { ...conform(located, trainingRecipeSchema), base: dirname(resolve(file)) };
}
