/** One stage in a run of its own, as `coarse` and `fine` carry it out. */
import type { Output } from '#cli/arguments/command-spec';
import { defaultRunId, resumption } from '#cli/arguments/run-options';
import { type SearchOptions, stageWorkers } from '#cli/arguments/search-options';
import { working } from '#cli/process/working';
import { runFolder } from '#jobs/runs/run-folder';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StagePlan } from '#tasks/search/plan';
import { runStage } from '#tasks/search/run-stages';
import { dryRun } from './dry-run.js';
import { missedTargets, runsOutput } from './search-output.js';

export async function oneStage(plan: StagePlan, config: LocatedConfig, options: SearchOptions): Promise<Output> {
  const workers = stageWorkers([plan], config, options);
  const id = options.runId ?? defaultRunId(config.config.name, plan.task.stage, new Date());
  runFolder(options.root, id); // a bad id fails now
  if (options.dryRun) return dryRun([plan], config, workers);
  await working(workers, (context) => runStage(plan, config, { context, ...resumption(options), id }));
  return { ...runsOutput([id], options.root), failure: missedTargets([id], options) };
}
