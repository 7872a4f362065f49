/** The configuration file of a search: settings that both stages share, and those of each stage. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, fileName, flag, integer, list, quantity, record, text, word } from '#core/documents/conform';
import { type Located, locateYaml, readText } from '#core/documents/document';
import { type Override, withOverrides } from '#core/documents/overrides';
import { type RenamedKey, withNewKey, withNewKeys } from '#core/documents/renamed-keys';
import { mixSchema } from '#data/sets/set-reference';
import { costTargetSchema } from '#networks/cost/target';
import { optimizerSchema } from '#networks/nn/optimizer-schema';
import { precisionSettings } from '#networks/tensor/precision';
import { formats, int8Formats } from '#tasks/export/formats';
import { rewardKinds } from '#tasks/search/controller/reward';

const share = quantity('a share from 0 to 1', { min: 0, max: 1 });
const positive = quantity('a number from 1e-9 to 1e9', { min: 1e-9, max: 1e9 });
// training itself reports rates that diverge
const weightRate = quantity('a learning rate from 1e-9 to 1e30', { min: 1e-9, max: 1e30 });
const atLeastZero = quantity('a number from 0 to 1e9', { min: 0, max: 1e9 });
const count = (what: string, min = 1, max = 1e6) => integer(`a number of ${what} from ${min} to ${max}`, min, max);
const steps = count('steps', 1, 1e7);

const weightsFields = {
  optimizer: optimizerSchema.describe("Optimizer of the SuperNet's weights"),
  learningRate: weightRate.describe('Peak learning rate; by default 0.165 per 256 images of a step'), // TuNAS
  warmup: share.describe('Share of the steps over which the learning rate rises'),
  l2: atLeastZero.describe('L2 factor on the kernels in use'),
  labels: word('teacher', 'hard').describe("Labels to learn: the teacher's, or the source's, smoothed by 0.1"),
  precision: word(...precisionSettings).describe(
    'Format of feature maps in training and evaluation; half-activations stores them as bfloat16, which takes less memory and, where the processor multiplies it, less time; auto does so only there; by default full',
  ),
  samples: word('policy', 'fairFirst', 'fair').describe(
    "Architectures that the weights train on: the controller's; or, always or until the controller learns, others, in which all options of a choice occur equally often (FairNAS, arXiv:1907.01845)",
  ),
};

const controllerFields = {
  logitTravel: positive.describe(
    'Distance that a logit can move: the sum of the learning rates; 20 to 60 for short runs; instead of learningRate',
  ),
  learningRate: positive.describe('First learning rate; by default 0.0003 per 256 images of a step'), // TuNAS
  growth: positive.describe('Factor by which the learning rate grows from the end of the delay to the last step'),
  delay: share.describe('Share of the steps before the controller learns'),
  opWarmup: share.describe(
    'Share of the steps over which a choice of kernel size or block may use all its options at once, ever less often',
  ),
  filterWarmup: share.describe(
    'Share of the steps over which a choice of width may use its largest option, ever less often',
  ),
  temperature: positive.describe('Temperature of sampling; logits are divided by it'),
  entropyBonus: atLeastZero.describe("Weight of the policy's entropy in the controller's objective"),
};

const stageFields = {
  steps: steps.describe('Steps of the stage'),
  batch: count('images').describe('Images that each sampled architecture trains on in a step'),
  validationBatch: count('images').describe(
    'Validation images on which the quality of a sampled architecture is measured; by default 4 times batch',
  ),
  samplesPerStep: count('architectures', 1, 1e4).describe('Architectures sampled in a step; workers may share them'),
  weights: record(optionalOf(weightsFields)).describe("Training of the SuperNet's weights"),
  controller: record(optionalOf(controllerFields)).describe('Training of the controller, which samples architectures'),
  strategy: word('reinforce', 'random').describe(
    'How the policy learns; random, the baseline, keeps it uniform: the best of several architectures on target wins',
  ),
  quality: word('accuracy', 'distillation').describe(
    "Quality of a sampled architecture: its accuracy, or minus its cross-entropy in nats against the teacher's labels",
  ),
  reward: word(...rewardKinds).describe(
    'How quality and costs are combined; the quality distillation allows only absolute',
  ),
  select: z
    .union([
      z.literal('argmax', { error: 'argmax' }),
      record(
        {
          bestOf: count('architectures', 2, 1e4).describe(
            'Architectures drawn from the final policy and evaluated on the validation split; the best wins',
          ),
        },
        'a mapping with bestOf',
      ),
      record(
        {
          bestPredicted: count('architectures', 2, 1e4).describe(
            'Architectures that a regression over all samples of the search predicts to have the highest rewards, evaluated on the validation split; the best wins',
          ),
        },
        'a mapping with bestPredicted',
      ),
    ])
    .describe(
      'The winner: the most likely architecture, the best of several drawn from the policy, or the best of several that a regression predicts to be good',
    ),
  compareRandom: count('architectures', 0, 1e5).describe(
    'Random architectures that the winner is compared with at the end, in the same SuperNet',
  ),
  statisticsBatches: count('batches').describe(
    'Training batches on which batch-norm statistics are estimated before an architecture is evaluated',
  ),
  logEvery: steps.describe('Steps between two events'),
  checkpointEvery: steps.describe('Steps between two checkpoints'),
  tolerance: share.describe('Largest relative distance from a target that still counts as met'),
};

const file = text('a file');
const stageOverlay = optionalOf(stageFields);

const fields = record({
  name: fileName().describe('Name of the search; run ids begin with it unless --run-id is given'),
  runs: file
    .optional()
    .describe(
      'Folder of the runs, relative to the config; with it the run id is the name, so that the same command resumes',
    ),
  seed: integer('a seed from 0', 0).default(0).describe('Seed of all random streams'),
  dataset: z
    .union([
      record(
        { recipe: file.describe('Dataset recipe, whose built set is looked up in the cache') },
        'a mapping with recipe',
      ),
      record({ folder: file.describe('Folder of a distillation set') }, 'a mapping with folder'),
      record({ mix: mixSchema }, 'a mapping with mix'),
    ])
    .describe('The distillation set, by its recipe or by its folder, or several that are mixed'),
  cost: list(costTargetSchema, 'a list of costs').describe('Costs that the search drives to their targets'),
  search: record(stageOverlay).default({}).describe('Settings that both stages share'),
  coarse: record({ space: file.describe('Search space, by file or by the name of a shipped one'), ...stageOverlay })
    .optional()
    .describe('The coarse stage; all keys of search are allowed here too and then apply to this stage only'),
  fine: record({
    refine: file.describe('Refinement that opens the coarse result, by file or by the name of a shipped one'),
    warmStart: flag().optional().describe('Start from the final weights of the coarse stage; by default false'),
    ...stageOverlay,
  })
    .optional()
    .describe('The fine stage; all keys of search are allowed here too and then apply to this stage only'),
  compare: record({
    recipe: file.describe(
      'Training recipe (*.train.yaml), by which search trains the results of both stages and the networks to compare them with, each alone',
    ),
    scaled: list(text('the name or the file of a network'), 'a list of networks').describe(
      'Known networks, scaled by width to the targets',
    ),
  })
    .optional()
    .describe('Comparison by search, after both stages: a closing table of networks that were trained alone'),
  train: record({ recipe: file.describe('Training recipe (*.train.yaml), by which search trains the fine result') })
    .optional()
    .describe('Final training by search, after both stages'),
  export: record({
    to: list(word(...formats), 'a list of formats').describe('Formats of the export'),
    int8: flag()
      .optional()
      .describe(
        'Export the network in int8 too, in the formats that have it (onnx, litert, web), with its accuracy on the test images; by default false',
      ),
    folder: file
      .optional()
      .describe(
        'Folder of the exports, relative to the config; each format has its own folder there; by default exported/RUN-ID, so that each search has its own',
      ),
  })
    .optional()
    .describe('Export of the trained network by search; requires train'),
  workers: count('workers', 1, 1024)
    .optional()
    .describe('Processes that share the architectures of a step; by default one per core, at most samplesPerStep'),
  threads: count('threads', 1, 1024)
    .optional()
    .describe('TensorFlow threads in each process; by default the cores divided by the workers'),
});

export const searchConfigSchema = fields
  .refine((config) => config.export === undefined || config.train !== undefined, {
    error: 'a section train too, since only a trained network is exported',
    path: ['export'],
  })
  .refine(({ export: asked }) => !asked?.int8 || asked.to.some((format) => int8Formats.includes(format)), {
    error: 'a format that has int8, onnx, litert or web',
    path: ['export', 'to'],
  })
  .refine((config) => config.train === undefined || (config.coarse !== undefined && config.fine !== undefined), {
    error: 'the sections coarse and fine too, whose result is trained',
    path: ['train'],
  })
  .refine((config) => config.compare === undefined || (config.coarse !== undefined && config.fine !== undefined), {
    error: 'the sections coarse and fine too, whose results are compared',
    path: ['compare'],
  });

/** Renamed keys of search configs. */
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

/** A config with the source location of each value. */
export interface LocatedConfig {
  readonly file: string;
  readonly config: SearchConfig;
  readonly located: Located;
  /** Resolves the path of a file named in the config against the config's folder. */
  path(name: string): string;
}

export function readSearchConfig(file: string, overrides: readonly Override[] = []): LocatedConfig {
  const set = overrides.map((override) => withNewKey(override, renamedConfigKeys));
  const located = withOverrides(withNewKeys(locateYaml(file, readText(file)), renamedConfigKeys), set);
  const config = conform(located, searchConfigSchema);
  return { file, config, located, path: (name) => resolve(dirname(file), name) };
}
