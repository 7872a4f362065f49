/** `--dry-run` of the search commands: the plan, with estimates of time and memory. */
import type { Output } from '#cli/arguments/command-spec';
import { openReadyBackend } from '#cli/process/set-up';
import { duration } from '#cli/terminal/progress';
import { Failure } from '#core/failure';
import type { Workers } from '#jobs/workers/launcher';
import { estimatedStage } from '#tasks/project/measure';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { openStageSet } from '#tasks/search/open';
import { plannedFigures, planWarnings, type StagePlan } from '#tasks/search/plan';
import { type Estimate, estimateStage } from '#tasks/search/stage/estimate';

/** The figures of a stage; without images the estimate is the reason why there is none. */
export interface StageFigures {
  readonly estimate: Estimate | string;
  readonly warnings: readonly string[];
}

/**
 * Describes and estimates the stages; the second opens a stand-in for the result that the first has yet to find.
 *
 * @param planned  the distillation set, if it is planned and not built yet
 */
export async function dryRun(
  plans: readonly StagePlan[],
  config: LocatedConfig,
  workers: Workers,
  planned?: StageSet,
): Promise<Output & { readonly json: readonly StageFigures[] }> {
  const figures: StageFigures[] = [];
  for (const [i, plan] of plans.entries()) {
    figures.push({
      ...plannedFigures(plan.task, workers),
      ...(i > 0 && { base: 'a stand-in, since the coarse result is not known yet' }),
      estimate: await estimated(plan, config, workers, planned),
      warnings: i === 0 ? planWarnings(plan.task) : [],
    });
  }
  return { json: figures, text: () => plans.map((plan, i) => planText(plan, figures[i] as object)).join('\n') };
}

/** Estimates time and memory of the stage, or returns the reason why that is not possible. */
async function estimated(
  plan: StagePlan,
  config: LocatedConfig,
  workers: Workers,
  planned: StageSet | undefined,
): Promise<Estimate | string> {
  try {
    await openReadyBackend({ backend: workers.backend, threads: workers.threads });
    if (planned !== undefined) return await estimatedStage(planned, plan.task, workers);
    return await estimateStage(plan.task, openStageSet(plan.task, config), workers);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'data')
      return `not possible without the images: ${error.remedy ?? error.message}`;
    throw error;
  }
}

function planText({ task: { stage } }: StagePlan, figures: object): string {
  const lines = Object.entries(figures)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(
      ([key, value]) =>
        `  ${key.padEnd(24)}${key === 'estimate' ? estimateText(value as Estimate | string) : figureText(value)}`,
    );
  return [`${stage} (dry run: nothing was written)`, ...lines].join('\n');
}

function estimateText(estimate: Estimate | string): string {
  if (typeof estimate === 'string') return estimate;
  const { seconds, stepMs, memoryMb } = estimate;
  return `${duration(seconds)}, ${stepMs.toPrecision(3)} ms a step, ${memoryMb} MB of memory`;
}

function figureText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
