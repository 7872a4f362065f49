/** The stages of a config one after the other, each in its own run: `ID-coarse`, then `ID-fine` on what it found. */
import { join } from 'node:path';
import { runJob } from '#jobs/job';
import type { RunRequest } from '#jobs/job-context';
import type { LocatedConfig, StageName } from '#tasks/search/config/config';
import type { StageOutcome } from './conclusion.js';
import { foundArchitecture } from './finished-stage.js';
import { openStage } from './open.js';
import { planCoarse, planFine, planWarnings, type StagePlan } from './plan.js';
import { stageJob } from './stage/stage-job.js';

const bothStages = ['coarse', 'fine'] as const;

/** The ids of the runs that `runStages` makes. */
export function stageIds(id: string, stages: readonly StageName[] = bothStages): string[] {
  return stages.map((stage) => `${id}-${stage}`);
}

/** Runs the stages, or what is left of them. A stage that is done is left unchanged. */
export async function runStages(
  config: LocatedConfig,
  request: RunRequest,
  stages: readonly StageName[] = bothStages,
): Promise<void> {
  const { root, id } = request;
  for (const [i, stage] of stages.entries()) {
    const resume = i > 0 && request.resume === 'must' ? 'allow' : request.resume; // the first run was what had to be there
    const plan = planOf(stage, config, join(root, `${id}-coarse`));
    await runStage(plan, config, { ...request, resume, id: `${id}-${stage}` });
  }
}

function planOf(stage: StageName, config: LocatedConfig, coarseRun: string): StagePlan {
  return stage === 'coarse' ? planCoarse(config) : planFine(config, foundArchitecture(coarseRun), coarseRun);
}

/** Runs one planned stage after its warnings; undefined for one that is done, which is left unchanged. */
export async function runStage(
  plan: StagePlan,
  config: LocatedConfig,
  request: RunRequest,
): Promise<StageOutcome | undefined> {
  const { context, profile, id } = request;
  const { observer } = context;
  for (const warning of planWarnings(plan.task)) observer.warn(warning);
  const stage = await openStage(plan, config, request);
  const outcome = await runJob(stageJob, stage, context, profile);
  if (outcome === undefined) observer.note(`${id} is done already; name another run with --run-id`);
  return outcome;
}
