/** Opens a planned stage's images and run folder. */
import { flattened } from '#core/documents/flatten';
import { Failure } from '#core/failure';
import { openTrainingSet } from '#data/sets/built-set';
import { identityOf, partsOf, type TrainingSet } from '#data/sets/set-mix';
import type { OpenJob } from '#jobs/job';
import type { RunRequest } from '#jobs/job-context';
import { openJobRun, type RunContent } from '#jobs/open-run';
import { workersFor } from '#jobs/workers/launcher';
import { printSpace } from '#networks/space/print';
import { type LocatedConfig, renamedConfigKeys } from '#tasks/search/config/config';
import { resolvedConfig } from '#tasks/search/config/resolved-config';
import { requireSet, type StageSet } from '#tasks/search/config/stage-requirements';
import { requireFit } from '#tasks/training/requirements';
import { onTarget } from './on-target.js';
import type { StagePlan } from './plan.js';
import type { StageJob } from './stage/stage-job.js';
import type { StageTask } from './stage/stage-task.js';

/** A stage that is ready to run. */
export type Stage = OpenJob<StageJob, TrainingSet>;

/** Opens the stage's images and its run; an existing run is resumed if the request allows it. */
export async function openStage(plan: StagePlan, config: LocatedConfig, request: RunRequest): Promise<Stage> {
  const { task } = plan;
  const baseRun = plan.warmStart ? requireBaseRun(plan, config) : undefined;
  const data = openStageSet(task, config);
  if (task.settings.strategy === 'random') onTarget(task, 1); // fails now rather than after the last step
  const workers = workersFor(request.context.workers, task.settings.samplesPerStep);
  const run = await openJobRun(request, workers, runContent(task, config, data));
  return { job: { task, parts: partsOf(data), baseRun }, data, workers, run };
}

function requireBaseRun({ baseRun }: StagePlan, { located }: LocatedConfig): string {
  if (baseRun !== undefined) return baseRun;
  const message = 'expected a coarse run to start from, --from RUN; got a network without weights';
  throw new Failure(
    'config',
    located.at(['fine', 'warmStart'], message),
    'name the coarse run with --from RUN, or leave warmStart out',
  );
}

/** Opens the config's images, which must fit the stage's space and settings. */
export function openStageSet(task: StageTask, located: LocatedConfig): TrainingSet {
  const { config, path } = located;
  const { dataset } = config;
  const set = openTrainingSet(dataset, path);
  requireStageSet(task, located, set.manifest);
  return set;
}

/** Refuses a set, built or planned, that does not fit the stage's space and settings. */
export function requireStageSet({ stage, space, settings }: StageTask, located: LocatedConfig, set: StageSet): void {
  requireFit(space, set.shape, set.classes);
  requireSet(located, stage, settings, set);
}

/** Returns the run's content; a run resumes only with the same settings, amounts of its targets, and images. */
function runContent(
  { stage, space, settings, targets }: StageTask,
  config: LocatedConfig,
  set: TrainingSet,
): RunContent {
  const { yaml, values } = resolvedConfig(config, stage, settings);
  const amounts = Object.fromEntries(targets.map(({ name, target }) => [name, target]));
  return {
    stage,
    steps: settings.steps,
    lengthKey: `${stage}.steps`,
    renamedKeys: renamedConfigKeys,
    config: yaml,
    identity: flattened({ ...values, amounts, ...identityOf(set) }),
    space: printSpace(space),
  };
}
