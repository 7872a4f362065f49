/**
 * The configuration of a search: what both stages share, and what each sets for itself. A stage's settings are the
 * defaults below, overlaid with `search`, overlaid with the stage's own section.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { rewardKinds } from '../controller/reward.js';
import {
  defaultShares,
  referenceLearningRate,
  type ScheduleSettings,
  scheduleProblems,
} from '../controller/schedule.js';
import { conform, fileName, flag, integer, list, quantity, record, text, word } from '../core/conform.js';
import { type Located, locateYaml, readText } from '../core/document.js';
import { Failure } from '../core/failure.js';
import { type Override, withOverrides } from '../core/overrides.js';
import { costTargetSchema } from '../cost/target.js';
import { optimizerSchema } from '../train/optimizer-schema.js';
import { warmupProblem } from '../train/requirements.js';

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
  travel: positive,
  /** Its first learning rate, instead of travel. */
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
  heldBatch: count('images'),
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
  const located = withOverrides(locateYaml(file, readText(file)), overrides);
  const config = conform(located, searchConfigSchema);
  return { file, config, located, path: (name) => resolve(dirname(file), name) };
}

type Required<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type Overlay = SearchConfig['search'];
type ControllerOverlay = NonNullable<Overlay['controller']>;

/** All settings of a stage, none left open. */
export interface StageSettings extends Required<Omit<Overlay, 'weights' | 'controller'>> {
  readonly weights: Required<NonNullable<Overlay['weights']>>;
  readonly controller: Required<Omit<NonNullable<Overlay['controller']>, 'travel' | 'learningRate'>> &
    ScheduleSettings['rate'];
}

export const defaultStatisticsBatches = 20;

const defaults = {
  steps: 1000,
  batch: 128,
  samplesPerStep: 1,
  weights: {
    optimizer: { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 },
    warmup: 0.025,
    l2: 4e-5,
    labels: 'teacher',
  }, // TuNAS
  controller: {
    growth: defaultShares.growth,
    delay: defaultShares.delay,
    opWarmup: defaultShares.warmup.op,
    filterWarmup: defaultShares.warmup.filter,
    temperature: 1,
    entropyBonus: 0,
  },
  strategy: 'reinforce',
  quality: 'accuracy',
  reward: 'absolute',
  select: 'argmax',
  compareRandom: 0,
  statisticsBatches: defaultStatisticsBatches,
  logEvery: 20,
  checkpointEvery: 250,
  tolerance: 0.05,
} as const;

/** A stage's settings; a stage that the config does not have, and warm-ups that outlast the delay, are failures. */
export function stageSettings({ config, located, file }: LocatedConfig, stage: StageName): StageSettings {
  const section = config[stage];
  if (section === undefined) {
    throw new Failure('config', { file, path: stage, message: `missing; expected the settings of the ${stage} stage` });
  }
  const merged = overlay(overlay(defaults, config.search), section) as unknown as Overlay & typeof defaults;
  const { travel, learningRate, ...controller } = nearestRate(merged.controller, section.controller);
  const imagesPerStep = merged.batch * merged.samplesPerStep;
  const settings = {
    ...merged,
    heldBatch: merged.heldBatch ?? 4 * merged.batch,
    weights: { learningRate: (0.165 * imagesPerStep) / 256, ...merged.weights },
    controller: { ...controller, ...controllerRate(travel, learningRate, imagesPerStep) },
  } as unknown as StageSettings;
  const problems = scheduleProblems(scheduleSettings(settings)).map(atSchedule);
  if (travel !== undefined && learningRate !== undefined) {
    problems.push({ path: ['controller', 'travel'], message: 'expected either travel or learningRate; got both' });
  }
  problems.push(...warmupProblems(settings), ...rewardProblems(settings));
  if (problems.length > 0) {
    throw new Failure(
      'config',
      problems.map(({ path, message }) => located.at(settingPlace(config, stage, path), message)),
    );
  }
  return settings;
}

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Where a controller's schedule has its problem. */
function atSchedule({ path: [first, kind], message }: Problem): Problem {
  return { path: ['controller', first === 'warmup' ? `${kind}Warmup` : (first as string)], message };
}

/** The weights' learning rate must come down again. */
function warmupProblems({ steps, weights }: StageSettings): Problem[] {
  const end = Math.round(weights.warmup * steps);
  const message = warmupProblem(end, steps);
  return weights.warmup > 0 && end >= steps ? [{ path: ['weights', 'warmup'], message }] : [];
}

/** Rewards that multiply the quality would make a penalty into a bonus where that is below 0. */
function rewardProblems({ quality, reward }: StageSettings): Problem[] {
  const message = `expected absolute with the quality distillation, which is below 0; got ${reward}`;
  return quality === 'distillation' && reward !== 'absolute' ? [{ path: ['reward'], message }] : [];
}

/** The rate that a stage states for itself, in whichever way, takes the place of the shared one. */
function nearestRate(merged: ControllerOverlay, own: ControllerOverlay | undefined): ControllerOverlay {
  const { travel, learningRate } = own ?? {};
  return travel === undefined && learningRate === undefined ? merged : { ...merged, travel, learningRate };
}

function controllerRate(
  travel: number | undefined,
  learningRate: number | undefined,
  images: number,
): ScheduleSettings['rate'] {
  if (travel !== undefined) return { travel };
  return { learningRate: learningRate ?? referenceLearningRate(images) };
}

/** What the controller's schedule is made of. */
export function scheduleSettings({ steps, controller }: StageSettings): ScheduleSettings {
  const { opWarmup, filterWarmup, delay, growth } = controller;
  const rate = 'travel' in controller ? { travel: controller.travel } : { learningRate: controller.learningRate };
  return { steps, warmup: { op: opWarmup, filter: filterWarmup }, delay, growth, rate };
}

/** Where a stage's setting stands: in the stage's own section if it is there, else in the shared one. */
export function settingPlace(config: SearchConfig, stage: StageName, path: readonly string[]): string[] {
  const own = path.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    config[stage],
  );
  return [own === undefined ? 'search' : stage, ...path];
}

function overlay(base: object, over: object): object {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const before = merged[key];
    const isMerged = isPlain(before) && isPlain(value) && !('kind' in value);
    merged[key] = isMerged ? overlay(before, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
