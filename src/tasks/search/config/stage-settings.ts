/** The settings of a stage: the defaults below, overlaid with `search`, overlaid with the stage's section. */

import { Failure } from '#core/failure';
import {
  defaultShares,
  referenceLearningRate,
  type ScheduleSettings,
  scheduleProblems,
} from '#tasks/search/controller/schedule';
import { warmupProblem } from '#tasks/training/requirements';
import type { LocatedConfig, SearchConfig, StageName } from './config.js';

type Required<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type Overlay = SearchConfig['search'];
type WeightsOverlay = NonNullable<Overlay['weights']>;
type ControllerOverlay = NonNullable<Overlay['controller']>;

/** All settings of a stage, none left open. */
export interface StageSettings extends Required<Omit<Overlay, 'weights' | 'controller'>> {
  readonly weights: Required<Omit<WeightsOverlay, 'precision'>> & Pick<WeightsOverlay, 'precision'>;
  readonly controller: Required<Omit<NonNullable<Overlay['controller']>, 'logitTravel' | 'learningRate'>> &
    ScheduleSettings['rate'];
}

export const defaultStatisticsBatches = 20;

/** Values of the settings that a config leaves out. */
export const stageDefaults = {
  steps: 1000,
  batch: 128,
  samplesPerStep: 1,
  weights: {
    optimizer: { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 },
    warmup: 0.025,
    l2: 4e-5,
    labels: 'teacher',
    samples: 'policy',
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

/**
 * Returns a stage's settings. A stage that the config does not have and settings that contradict each other, such as a
 * warm-up that outlasts the delay, are config failures.
 */
export function stageSettings(located: LocatedConfig, stage: StageName): StageSettings {
  const { config, file } = located;
  const section = config[stage];
  if (section === undefined) {
    throw new Failure('config', { file, path: stage, message: `missing; expected the settings of the ${stage} stage` });
  }
  const merged = overlay(overlay(stageDefaults, config.search), section) as unknown as Overlay & typeof stageDefaults;
  const { logitTravel, learningRate, ...controller } = nearestRate(merged.controller, section.controller);
  const imagesPerStep = merged.batch * merged.samplesPerStep;
  const settings = {
    ...merged,
    validationBatch: merged.validationBatch ?? 4 * merged.batch,
    weights: { learningRate: (0.165 * imagesPerStep) / 256, ...merged.weights },
    controller: { ...controller, ...controllerRate(logitTravel, learningRate, imagesPerStep) },
  } as unknown as StageSettings;
  const problems = scheduleProblems(scheduleSettings(settings)).map(atSchedule);
  if (logitTravel !== undefined && learningRate !== undefined) {
    problems.push({
      path: ['controller', 'logitTravel'],
      message: 'expected either logitTravel or learningRate; got both',
    });
  }
  problems.push(...warmupProblems(settings), ...rewardProblems(settings));
  refuseSettings(located, stage, problems);
  return settings;
}

/** A problem with a stage's setting; `path` leads to the setting from the stage's section. */
export interface SettingProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy?: string;
}

/** Throws all problems, if any, as one config failure; each is located in the config. */
export function refuseSettings(config: LocatedConfig, stage: StageName, problems: readonly SettingProblem[]): void {
  if (problems.length === 0) return;
  const place = (path: readonly string[]) => settingPlace(config.config, stage, path);
  const diagnostics = problems.map(({ path, message }) => config.located.at(place(path), message));
  throw new Failure('config', diagnostics, problems.find(({ remedy }) => remedy !== undefined)?.remedy);
}

/** Maps a problem's path from the schedule's settings to the controller's section. */
function atSchedule({ path: [first, kind], message }: SettingProblem): SettingProblem {
  return { path: ['controller', first === 'warmup' ? `${kind}Warmup` : (first as string)], message };
}

/** Returns a problem if the weights' warm-up leaves no steps in which the learning rate falls. */
function warmupProblems({ steps, weights }: StageSettings): SettingProblem[] {
  const end = Math.round(weights.warmup * steps);
  const message = warmupProblem(end, steps);
  return weights.warmup > 0 && end >= steps ? [{ path: ['weights', 'warmup'], message }] : [];
}

/** Returns a problem if the reward multiplies a quality below 0, which would turn a penalty into a bonus. */
function rewardProblems({ quality, reward }: StageSettings): SettingProblem[] {
  const message = `expected absolute with the quality distillation, which is below 0; got ${reward}`;
  return quality === 'distillation' && reward !== 'absolute' ? [{ path: ['reward'], message }] : [];
}

/** Returns the controller's settings, the shared rate replaced by the stage's own, in either form. */
function nearestRate(merged: ControllerOverlay, own: ControllerOverlay | undefined): ControllerOverlay {
  const { logitTravel, learningRate } = own ?? {};
  return logitTravel === undefined && learningRate === undefined ? merged : { ...merged, logitTravel, learningRate };
}

function controllerRate(
  logitTravel: number | undefined,
  learningRate: number | undefined,
  images: number,
): ScheduleSettings['rate'] {
  if (logitTravel !== undefined) return { logitTravel };
  return { learningRate: learningRate ?? referenceLearningRate(images) };
}

/** Returns the number of architectures of which the winner is chosen at the end. */
export function candidateCount({ strategy, select }: Pick<StageSettings, 'strategy' | 'select'>): number {
  if (select === 'argmax') return strategy === 'random' ? drawnByDefault : 1;
  return 'bestOf' in select ? select.bestOf : select.bestPredicted;
}

const drawnByDefault = 32; // candidates of the random baseline

/** Returns the controller's schedule settings. */
export function scheduleSettings({ steps, controller }: StageSettings): ScheduleSettings {
  const { opWarmup, filterWarmup, delay, growth } = controller;
  const rate =
    'logitTravel' in controller ? { logitTravel: controller.logitTravel } : { learningRate: controller.learningRate };
  return { steps, warmup: { op: opWarmup, filter: filterWarmup }, delay, growth, rate };
}

/** Returns the path of a stage's setting: in the stage's section if it is set there, else in the shared one. */
function settingPlace(config: SearchConfig, stage: StageName, path: readonly string[]): string[] {
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
    const isMerged = isPlain(before) && isPlain(value) && !('kind' in value) && key !== 'select';
    merged[key] = isMerged ? overlay(before, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
