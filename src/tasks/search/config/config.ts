/** The configuration file of a search: settings that both stages share, and those of each stage. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, fileName, flag, integer, list, quantity, record, text, word } from '#core/documents/conform';
import { type Located, locateYaml, readText } from '#core/documents/document';
import { type Override, withOverrides } from '#core/documents/overrides';
import { type RenamedKey, withNewKey, withNewKeys } from '#core/documents/renamed-keys';
import { costTargetSchema } from '#networks/cost/target';
import { optimizerSchema } from '#networks/nn/optimizer-schema';
import { rewardKinds } from '#tasks/search/controller/reward';

const share = quantity('a share from 0 to 1', { min: 0, max: 1 });
const positive = quantity('a number from 1e-9 to 1e9', { min: 1e-9, max: 1e9 });
const weightRate = quantity('a learning rate from 1e-9 to 1e30', { min: 1e-9, max: 1e30 }); // the training says which diverge
const atLeastZero = quantity('a number from 0 to 1e9', { min: 0, max: 1e9 });
const count = (what: string, min = 1, max = 1e6) => integer(`a number of ${what} from ${min} to ${max}`, min, max);
const steps = count('steps', 1, 1e7);

const weightsFields = {
  optimizer: optimizerSchema,
  /** Peak learning rate; by default .165 per 256 images of a step, TuNAS's. */
  learningRate: weightRate,
  /** Share of the steps over which the learning rate rises. */
  warmup: share,
  /** L2 factor on the kernels in use. */
  l2: atLeastZero,
  /** What they learn: the teacher's soft labels, or the source's, smoothed by .1. */
  labels: word('teacher', 'hard'),
};

const controllerFields = {
  /** How far a logit can get: the sum of the learning rates. */
  logitTravel: positive,
  /** Its first learning rate, instead of logitTravel. */
  learningRate: positive,
  /** Growth of the learning rate over the steps that learn. */
  growth: positive,
  /** Share of the steps before the controller learns. */
  delay: share,
  opWarmup: share,
  filterWarmup: share,
  temperature: positive,
  entropyBonus: atLeastZero,
};

const stageFields = {
  steps,
  /** Images per sampled architecture and step. */
  batch: count('images'),
  /** Images that a sample's quality is measured on; by default four batches. */
  validationBatch: count('images'),
  /** Architectures per step. */
  samplesPerStep: count('architectures', 1, 1e4),
  weights: record(optionalOf(weightsFields)),
  controller: record(optionalOf(controllerFields)),
  /** `random` is the baseline: the policy stays uniform, and the best of architectures drawn on target wins. */
  strategy: word('reinforce', 'random'),
  quality: word('accuracy', 'distillation'),
  reward: word(...rewardKinds),
  select: z.union([
    z.literal('argmax', { error: 'argmax' }),
    record({ bestOf: count('architectures', 2, 1e4) }, 'a mapping with bestOf'),
  ]),
  /** Random architectures that the winner is compared with at the end, in the same SuperNet. */
  compareRandom: count('architectures', 0, 1e5),
  /** Training batches that BN statistics are estimated on before an architecture is evaluated. */
  statisticsBatches: count('batches'),
  logEvery: steps,
  checkpointEvery: steps,
  /** Distance from a target, relative to it, that counts as met. */
  tolerance: share,
};

const file = text('a file');
const stageOverlay = optionalOf(stageFields);

export const searchConfigSchema = record({
  name: fileName(),
  seed: integer('a seed from 0', 0).default(0),
  dataset: z.union([
    record({ recipe: file }, 'a mapping with recipe'),
    record({ folder: file }, 'a mapping with folder'),
  ]),
  cost: list(costTargetSchema, 'a list of costs'),
  search: record(stageOverlay).default({}),
  coarse: record({ space: file, ...stageOverlay }).optional(),
  fine: record({
    refine: file,
    /** Whether its weights start as the coarse stage left them, instead of anew. */
    warmStart: flag().optional(),
    ...stageOverlay,
  }).optional(),
  /** Processes that take the architectures of a step side by side. */
  workers: count('workers', 1, 1024).optional(),
  threads: count('threads', 1, 1024).optional(),
});

/** Keys of search configs that had other names. */
export const renamedConfigKeys: readonly RenamedKey[] = ['search', 'coarse', 'fine'].flatMap((section) => [
  { path: [section, 'heldBatch'], to: 'validationBatch' },
  { path: [section, 'controller', 'travel'], to: 'logitTravel' },
]);

export type SearchConfig = z.output<typeof searchConfigSchema>;
export type StageName = 'coarse' | 'fine';

function optionalOf<T extends Record<string, z.ZodType>>(fields: T): { [K in keyof T]: z.ZodOptional<T[K]> } {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.optional()])) as {
    [K in keyof T]: z.ZodOptional<T[K]>;
  };
}

/** A config with the place of each of its values. */
export interface LocatedConfig {
  readonly file: string;
  readonly config: SearchConfig;
  readonly located: Located;
  /** A file that the config names, relative to the config's own folder. */
  path(name: string): string;
}

export function readSearchConfig(file: string, overrides: readonly Override[] = []): LocatedConfig {
  const set = overrides.map((override) => withNewKey(override, renamedConfigKeys));
  const located = withOverrides(withNewKeys(locateYaml(file, readText(file)), renamedConfigKeys), set);
  const config = conform(located, searchConfigSchema);
  return { file, config, located, path: (name) => resolve(dirname(file), name) };
}
