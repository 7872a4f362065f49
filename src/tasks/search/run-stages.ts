/** The stages of a config one after the other, each in a run of its own: `ID-coarse`, then `ID-fine` on what it found. */
import { join } from 'node:path';
import type { LocatedConfig, StageName } from '#tasks/search/config/config';
import type { RunOptions } from '#tasks/training/start-training';
import {
  foundArchitecture,
  type PlannedStage,
  planCoarse,
  planFine,
  planWarnings,
  startStage,
} from './start-search.js';

const bothStages = ['coarse', 'fine'] as const;

/** The ids of the runs that `runStages` makes. */
export function stageIds(id: string, stages: readonly StageName[] = bothStages): string[] {
  return stages.map((stage) => `${id}-${stage}`);
}

/** Runs the stages, or what is left of them. A stage that is done is left as it is. */
export async function runStages(
  config: LocatedConfig,
  options: RunOptions,
  stages: readonly StageName[] = bothStages,
): Promise<void> {
  const { root, id } = options;
  for (const [i, stage] of stages.entries()) {
    const resume = i > 0 && options.resume === 'must' ? 'allow' : options.resume; // the first run was what had to be there
    await runPlanned(planned(stage, config, join(root, `${id}-coarse`)), config, {
      ...options,
      resume,
      id: `${id}-${stage}`,
    });
  }
}

function planned(stage: StageName, config: LocatedConfig, coarseRun: string): PlannedStage {
  return stage === 'coarse' ? planCoarse(config) : planFine(config, foundArchitecture(coarseRun), coarseRun);
}

/** Runs one stage, its warnings told first. */
export async function runPlanned(plan: PlannedStage, config: LocatedConfig, options: RunOptions): Promise<void> {
  const { observer, id } = options;
  for (const warning of planWarnings(plan)) observer.warn(warning);
  const outcome = await startStage(plan, config, options);
  if (outcome === undefined) observer.note(`${id} is done already; name another run with --run-id`);
}
