/**
 * The plan of a stage: its settings and the files that its config names, except the images, read and checked. Nothing
 * is computed yet.
 */

import { Failure } from '#core/failure';
import { randomStream } from '#core/random';
import { type Workers, workersFor } from '#jobs/workers/launcher';
import { type CostTarget, resolveTargets, targetTable } from '#networks/cost/target';
import { readSpace } from '#networks/space/parse';
import { randomDecisions } from '#networks/space/random-decisions';
import { readRefinement, refine } from '#networks/space/refine';
import { type Architecture, close, type Space } from '#networks/space/space';
import { findRefinement, findSpace } from '#networks/zoo/shipped';
import type { LocatedConfig, SearchConfig, StageName } from '#tasks/search/config/config';
import { requireNormalisable } from '#tasks/search/config/stage-requirements';
import { type StageSettings, scheduleSettings, stageSettings } from '#tasks/search/config/stage-settings';
import { leastLogitTravel, schedule } from '#tasks/search/controller/schedule';
import type { StageTask } from './stage/stage-task.js';

export interface StagePlan {
  readonly task: StageTask;
  /** True if the stage starts from the weights of the run whose result it refines. */
  readonly warmStart?: boolean;
  /** The folder of that run. */
  readonly baseRun?: string | undefined;
}

export function planCoarse(config: LocatedConfig): StagePlan {
  const settings = stageSettings(config, 'coarse'); // first: refuses a config without the section
  const { space: name } = config.config.coarse as NonNullable<SearchConfig['coarse']>;
  const file = findSpace(name, config.path('.'), (message) => config.located.at(['coarse', 'space'], message));
  return { task: taskOf(config, 'coarse', settings, withChoices(readSpace(file), file)) };
}

/**
 * Plans the fine stage.
 *
 * @param base     the coarse stage's result, or another network that the fine stage refines
 * @param baseRun  the folder of the coarse run, if `base` is its result
 */
export function planFine(config: LocatedConfig, base: Architecture, baseRun?: string): StagePlan {
  const settings = stageSettings(config, 'fine');
  const { refine: name, warmStart = false } = config.config.fine as NonNullable<SearchConfig['fine']>;
  const file = findRefinement(name, config.path('.'), (message) => config.located.at(['fine', 'refine'], message));
  const space = { ...refine(base, readRefinement(file)), name: `${config.config.name}.fine` };
  return { task: taskOf(config, 'fine', settings, space), warmStart, baseRun };
}

function taskOf(config: LocatedConfig, stage: StageName, settings: StageSettings, space: Space): StageTask {
  requireNormalisable(config, stage, space, settings);
  const { cost, seed } = config.config;
  const targets = resolveTargets(cost, config.path('.'), { located: config.located, path: ['cost'] });
  return { stage, space, settings, targets, seed };
}

function withChoices(space: Space, file: string): Space {
  if (space.choices.length > 0) return space;
  throw new Failure('config', { file, message: 'expected a space with choices; got a network, every value fixed' });
}

/** Returns a network like the stage's result before it exists; its name tells error messages what it is. */
export function standInFor(task: StageTask): Architecture {
  return { ...close(task.space, likelyDecisions(task)), name: `the likely result of ${task.space.name}` };
}

/** Draws 1,000 random architectures and returns the one whose costs are closest to the targets. */
export function likelyDecisions({ space, targets, stage }: Omit<StageTask, 'settings' | 'seed'>): number[] {
  const random = randomStream(`${stage}/likely`);
  const table = targetTable(space, targets);
  const distance = (decisions: readonly number[]) =>
    table
      .evaluate(decisions)
      .reduce((sum, value, i) => sum + Math.abs(value / (targets[i] as CostTarget).target - 1), 0);
  const drawn = Array.from({ length: 1000 }, () => randomDecisions(space, random));
  return drawn.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** Returns the plan's figures, which a dry run prints. */
export function plannedFigures(
  { stage, space, settings, targets }: StageTask,
  workers: Workers,
): Record<string, unknown> {
  const { logitTravel, learningRate, delaySteps } = schedule(scheduleSettings(settings));
  return {
    stage,
    space: space.name,
    choices: space.choices.length,
    ...(settings.strategy === 'random' && { strategy: 'random: the policy stays uniform' }),
    steps: settings.steps,
    imagesPerStep: settings.batch * settings.samplesPerStep,
    validationBatch: settings.validationBatch,
    workers: workersFor(workers, settings.samplesPerStep).count,
    threads: workers.threads,
    weightLearningRate: settings.weights.learningRate,
    controllerLearningRate: learningRate,
    logitTravel,
    delaySteps,
    targets: Object.fromEntries(targets.map(({ name, target }) => [name, target])),
  };
}

/** Returns the warnings to show before the stage runs: a policy that can hardly move, targets out of reach. */
export function planWarnings({ stage, space, settings, targets }: StageTask): string[] {
  const { logitTravel } = schedule(scheduleSettings(settings));
  const stays = `${stage}: the controller can move a logit by ${logitTravel.toFixed(2)} in all, so the policy will stay nearly uniform`;
  const warnings =
    settings.strategy === 'reinforce' && logitTravel < leastLogitTravel
      ? [`${stays}; state ${stage}.controller.logitTravel (20 to 60 for short runs)`]
      : [];
  const table = targetTable(space, targets);
  for (const [i, { name, target }] of targets.entries()) {
    const [least, most] = [table.cheapest(i), table.costliest(i)].map((d) => table.evaluate(d)[i] as number) as [
      number,
      number,
    ];
    if (target >= least && target <= most) continue;
    const range = `${least.toPrecision(4)} to ${most.toPrecision(4)}`;
    warnings.push(`${stage}: no architecture of ${space.name} has ${name} ${target}: they have ${range}`);
  }
  return warnings;
}
