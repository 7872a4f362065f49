/** The request for the jobs of a config, checked now rather than when a job begins. */
import { resolve } from 'node:path';
import { overridesOf } from '#cli/arguments/run-options';
import { Failure } from '#core/failure';
import type { Workers } from '#jobs/workers/launcher';
import { cellsOf, type JobKind, type JobRequest } from '#tasks/cluster/job-plan';
import { planStages } from '#tasks/project/project';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { openStageSet } from '#tasks/search/open';
import { planCoarse, type StagePlan } from '#tasks/search/plan';
import { microBatchesOf, readTrainingRecipe, type TrainingRecipe } from '#tasks/training/recipe';

export interface JobOptions {
  readonly seeds: number;
  readonly targets: readonly number[];
  readonly set?: readonly string[] | undefined;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
}

/**
 * Returns the request for the jobs of a config on machines that see its files under the same paths. Mistakes in any of
 * the files and targets are failures.
 *
 * @param root     the folder of the runs
 * @param missing  receives the failure if the distillation set is missing
 */
export function jobRequest(
  config: LocatedConfig,
  root: string,
  options: JobOptions,
  missing: (failure: Failure) => void,
): JobRequest {
  const { seeds, targets, set: settings = [] } = options;
  const { train } = config.config;
  const recipe = train === undefined ? undefined : config.path(train.recipe);
  const training = recipe === undefined ? undefined : readTrainingRecipe(recipe);
  const stages = stagesOf(config);
  const places = { config: resolve(config.file), root: resolve(root), recipe };
  const request = { seeds, targets, settings, places, workers: workersOfJobs(config, stages, training, options) };
  for (const cell of cellsOf(config, { ...request, seeds: 1 })) {
    stagesOf(readSearchConfig(config.file, overridesOf({ set: cell.settings })));
  }
  requireSet(config, stages, missing);
  return request;
}

function stagesOf(config: LocatedConfig): readonly StagePlan[] {
  return config.config.fine === undefined ? [planCoarse(config)] : planStages(config);
}

/** Returns the workers of each kind of job: by default one for each part of a step, each with one thread. */
function workersOfJobs(
  { config }: LocatedConfig,
  stages: readonly StagePlan[],
  training: TrainingRecipe | undefined,
  { workers = config.workers, threads = config.threads ?? 1 }: JobOptions,
): Record<JobKind, Workers> {
  const forParts = (parts = 1): Workers => ({ count: Math.min(workers ?? parts, parts), threads });
  const [coarse, fine] = stages.map(({ task }) => forParts(task.settings.samplesPerStep)) as [Workers, Workers?];
  return { coarse, fine: fine ?? coarse, train: forParts(training && microBatchesOf(training)) };
}

function requireSet(config: LocatedConfig, stages: readonly StagePlan[], missing: (failure: Failure) => void): void {
  try {
    for (const { task } of stages) openStageSet(task, config);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'data') throw error;
    missing(error);
  }
}
