/** Checks a stage's settings against its space and its images; each problem is located in the config. */
import type { Manifest } from '#data/sets/manifest';
import { pointNorm } from '#networks/space/point-norm';
import type { Space } from '#networks/space/space';
import { mostStatisticsBatches, statisticsProblem } from '#tasks/training/requirements';
import type { LocatedConfig, StageName } from './config.js';
import { lacksMixedLabels } from './hard-labels.js';
import { defaultStatisticsBatches, refuseSettings, type SettingProblem, type StageSettings } from './stage-settings.js';

/** Refuses batches of one image where an architecture of the space may normalise a single value per channel. */
export function requireNormalisable(
  config: LocatedConfig,
  stage: StageName,
  space: Space,
  settings: StageSettings,
): void {
  const layer = pointNorm(space);
  const keys = layer === undefined ? [] : (['batch', 'validationBatch'] as const).filter((key) => settings[key] === 1);
  const why = `since batch norm in ${layer} sees a single value per channel and image`;
  refuseSettings(
    config,
    stage,
    keys.map((key) => ({ path: [key], message: `expected 2 images or more, ${why}; got 1` })),
  );
}

/** The facts about a set, built or planned, that a stage depends on. */
export type StageSet = Pick<Manifest, 'name' | 'shape' | 'classes' | 'splits' | 'recipe' | 'mixedLabels'>;

/** Refuses settings that need images or labels that the set does not have. */
export function requireSet(config: LocatedConfig, stage: StageName, settings: StageSettings, set: StageSet): void {
  const { batch, validationBatch, statisticsBatches, weights } = settings;
  const { train, held } = set.splits;
  const problems: SettingProblem[] = [];
  const most = (path: string, got: number, rows: number, split: string) => {
    const message = `expected at most the ${rows} ${split} images of ${set.name}; got ${got}`;
    if (got > rows) problems.push({ path: [path], message });
  };
  most('batch', batch, train, 'train');
  if (isStated(config, stage, 'validationBatch')) most('validationBatch', validationBatch, held, 'validation');
  const batches = mostStatisticsBatches(batch, train, defaultStatisticsBatches);
  if (statisticsBatches > batches) {
    problems.push({ path: ['statisticsBatches'], message: statisticsProblem(statisticsBatches, batches) });
  }
  if (weights.labels === 'hard' && lacksMixedLabels(set)) {
    const message = `expected teacher, since ${set.name} was built with mixup by a version that kept one label of each blend; got hard`;
    problems.push({ path: ['weights', 'labels'], message, remedy: oldSetRemedy });
  }
  refuseSettings(config, stage, problems);
}

function isStated({ config }: LocatedConfig, stage: StageName, key: 'validationBatch'): boolean {
  return (config[stage]?.[key] ?? config.search[key]) !== undefined;
}

const oldSetRemedy =
  'build the set again with `mnv4-nas dataset build`, into another folder or once this one is removed';
