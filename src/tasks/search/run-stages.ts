/** Runs the stages of a config in order, each in its own run: `ID-coarse`, then `ID-fine` on the coarse result. */
import { join } from 'node:path';
import { runJob } from '#jobs/job';
import type { RunRequest } from '#jobs/job-context';
import { ofRun } from '#jobs/observer';
import type { LocatedConfig, StageName } from '#tasks/search/config/config';
import type { StageOutcome } from './conclusion.js';
import { foundArchitecture } from './finished-stage.js';
import { openStage } from './open.js';
import { planCoarse, planFine, planWarnings, type StagePlan } from './plan.js';
import { stageJob } from './stage/stage-job.js';

const bothStages = ['coarse', 'fine'] as const;

/** Returns the ids of the runs that `runStages` creates. */
export function stageIds(id: string, stages: readonly StageName[] = bothStages): string[] {
  return stages.map((stage) => `${id}-${stage}`);
}

/**
 * Runs or resumes the stages; a finished stage is left unchanged.
 *
 * @param coarseRun  the folder of the coarse run that the fine stage refines
 */
export async function runStages(
  config: LocatedConfig,
  request: RunRequest,
  stages: readonly StageName[] = bothStages,
  coarseRun = join(request.root, `${request.id}-coarse`),
): Promise<void> {
  const { id } = request;
  for (const [i, stage] of stages.entries()) {
    const resume = i > 0 && request.resume === 'must' ? 'allow' : request.resume; // only the first run must exist
    const plan = planOf(stage, config, coarseRun);
    await runStage(plan, config, { ...request, resume, id: `${id}-${stage}` });
  }
}

function planOf(stage: StageName, config: LocatedConfig, coarseRun: string): StagePlan {
  return stage === 'coarse' ? planCoarse(config) : planFine(config, foundArchitecture(coarseRun), coarseRun);
}

/** Gives a planned stage's warnings and runs it; returns undefined for a finished stage, which is left unchanged. */
export async function runStage(
  plan: StagePlan,
  config: LocatedConfig,
  request: RunRequest,
): Promise<StageOutcome | undefined> {
  const { profile, id } = request;
  const observer = ofRun(request.context.observer, id);
  const context = { ...request.context, observer };
  for (const warning of planWarnings(plan.task)) observer.warn(warning);
  const stage = await openStage(plan, config, { ...request, context });
  const outcome = await runJob(stageJob, stage, context, profile);
  if (outcome === undefined) observer.note(`${id} is done already; name another run with --run-id`);
  return outcome;
}
