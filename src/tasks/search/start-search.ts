/** From a config to a finished stage in its run folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { flattened } from '#core/documents/flatten';
import { Failure } from '#core/failure';
import { randomStream } from '#core/random';
import { openSet } from '#data/sets/built-set';
import type { DistillationSet } from '#data/sets/distillation-set';
import { openRun, type Run, runFolder } from '#jobs/runs/run-folder';
import { settleLock } from '#jobs/runs/settle-lock';
import { type Workers, workersFor } from '#jobs/workers/worker-pool';
import { type CostTarget, resolveTargets, targetTable } from '#networks/cost/target';
import { readNetwork, readSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { randomDecisions } from '#networks/space/random-decisions';
import { readRefinement, refine } from '#networks/space/refine';
import { type Architecture, close, type Space } from '#networks/space/space';
import { findRefinement, findSpace } from '#networks/zoo/shipped';
import { type LocatedConfig, renamedConfigKeys, type SearchConfig, type StageName } from '#tasks/search/config/config';
import { resolvedConfig } from '#tasks/search/config/resolved-config';
import { requireNormalisable, requireSet } from '#tasks/search/config/stage-requirements';
import { type StageSettings, scheduleSettings, stageSettings } from '#tasks/search/config/stage-settings';
import { leastLogitTravel, schedule } from '#tasks/search/controller/schedule';
import { type Estimate, estimateStage } from '#tasks/search/stage/estimate';
import { runStage } from '#tasks/search/stage/stage';
import { finishing, type RunOptions, requireFit, withWorkers } from '#tasks/training/start-training';
import type { StageOutcome } from './conclusion.js';

/** A stage as its config states it, with everything read that it names but its images. */
export interface PlannedStage {
  readonly stage: StageName;
  readonly space: Space;
  readonly settings: StageSettings;
  readonly targets: readonly CostTarget[];
  /** Whether it begins with the weights of the run whose result it opens. */
  readonly warmStart?: boolean;
  /** The folder of that run. */
  readonly baseRun?: string | undefined;
}

export function planCoarse(config: LocatedConfig): PlannedStage {
  const settings = stageSettings(config, 'coarse');
  const name = config.config.coarse?.space as string;
  const file = findSpace(name, config.path('.'), (message) => config.located.at(['coarse', 'space'], message));
  const space = withChoices(readSpace(file), file);
  requireNormalisable(config, 'coarse', space, settings);
  return { stage: 'coarse', space, settings, targets: readTargets(config) };
}

/**
 * @param base     the coarse stage's result, or another network that the fine stage opens
 * @param baseRun  the folder of the coarse run, if it is that
 */
export function planFine(config: LocatedConfig, base: Architecture, baseRun?: string): PlannedStage {
  const settings = stageSettings(config, 'fine');
  const { refine: name, warmStart = false } = config.config.fine as NonNullable<SearchConfig['fine']>;
  const file = findRefinement(name, config.path('.'), (message) => config.located.at(['fine', 'refine'], message));
  const space = { ...refine(base, readRefinement(file)), name: `${config.config.name}.fine` };
  requireNormalisable(config, 'fine', space, settings);
  return { stage: 'fine', space, settings, targets: readTargets(config), warmStart, baseRun };
}

/** A network like the stage's result, before there is one; mistakes of what opens it are told of it. */
export function standInFor(plan: PlannedStage): Architecture {
  return { ...close(plan.space, likelyDecisions(plan)), name: `the likely result of ${plan.space.name}` };
}

/** Of many random architectures the one whose costs are nearest to their targets. */
export function likelyDecisions({ space, targets, stage }: PlannedStage): number[] {
  const random = randomStream(`${stage}/likely`);
  const table = targetTable(space, targets);
  const distance = (decisions: readonly number[]) =>
    table
      .evaluate(decisions)
      .reduce((sum, value, i) => sum + Math.abs(value / (targets[i] as CostTarget).target - 1), 0);
  const drawn = Array.from({ length: 1000 }, () => randomDecisions(space, random));
  return drawn.reduce((a, b) => (distance(b) < distance(a) ? b : a));
}

/** What a planned stage will take on this machine, measured on a few steps. */
export async function planEstimate(plan: PlannedStage, located: LocatedConfig, workers: Workers): Promise<Estimate> {
  const { stage, space, settings, targets } = plan;
  const task = { stage, space, settings, targets, seed: located.config.seed };
  return estimateStage(task, openStageSet(located, plan), likelyDecisions(plan), workers);
}

/** The architecture that a finished run found. */
export function foundArchitecture(folder: string): Architecture {
  const file = join(folder, 'architecture.yaml');
  if (!existsSync(file)) {
    const message = 'expected the folder of a finished run, with architecture.yaml; got none';
    throw new Failure('usage', { file: folder, message }, 'finish the run first: run its command again');
  }
  return readNetwork(file);
}

function withChoices(space: Space, file: string): Space {
  if (space.choices.length > 0) return space;
  throw new Failure('config', { file, message: 'expected a space with choices; got a network, every value fixed' });
}

function readTargets({ config, located, path }: LocatedConfig): CostTarget[] {
  return resolveTargets(config.cost, path('.'), { located, path: ['cost'] });
}

/** What a dry run prints: the stage's figures before anything is computed. */
export function plannedFigures(
  { stage, space, settings, targets }: PlannedStage,
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

/** What a user should know of a plan before it runs: a policy that cannot move, targets out of reach. */
export function planWarnings({ stage, space, settings, targets }: PlannedStage): string[] {
  const { logitTravel } = schedule(scheduleSettings(settings));
  const stays = `${stage}: the controller can move a logit by ${logitTravel.toFixed(2)} in all, so the policy will stay nearly uniform`;
  const warnings =
    settings.strategy === 'reinforce' && logitTravel < leastLogitTravel
      ? [`${stays}; state ${stage}.controller.logitTravel (20 to 60 for short runs)`]
      : [];
  const table = targetTable(space, targets);
  for (const [i, { name, target }] of targets.entries()) {
    const [least, most] = [table.cheapest(i), table.dearest(i)].map((d) => table.evaluate(d)[i] as number) as [
      number,
      number,
    ];
    if (target >= least && target <= most) continue;
    const range = `${least.toPrecision(4)} to ${most.toPrecision(4)}`;
    warnings.push(`${stage}: no architecture of ${space.name} has ${name} ${target}: they have ${range}`);
  }
  return warnings;
}

/** Runs a planned stage; a run that is done already is left as it is, and undefined returned. */
export async function startStage(
  plan: PlannedStage,
  config: LocatedConfig,
  options: RunOptions,
): Promise<StageOutcome | undefined> {
  const { stage, space, settings, targets } = plan;
  const inheritsFrom = plan.warmStart ? requireBaseRun(plan, config) : undefined;
  const set = openStageSet(config, plan);
  const workers = workersFor(options.workers, settings.samplesPerStep);
  await settleLock(runFolder(options.root, options.id), { ...options, notice: options.observer.note });
  const run = openStageRun(plan, config, set, { ...options, workers });
  if (run.wasDone) {
    run.finish('done');
    return undefined;
  }
  const { seed } = config.config;
  return finishing(run, () =>
    runStage({ ...options, workers, stage, space, settings, targets, set, seed, run, inheritsFrom }),
  );
}

function requireBaseRun({ baseRun }: PlannedStage, { located }: LocatedConfig): string {
  if (baseRun !== undefined) return baseRun;
  const message = 'expected a coarse run to start from, --from RUN; got a network without weights';
  throw new Failure(
    'config',
    located.at(['fine', 'warmStart'], message),
    'name the coarse run with --from RUN, or leave warmStart out',
  );
}

/** The config's images, which must fit the stage's space and settings. */
export function openStageSet(located: LocatedConfig, { stage, space, settings }: PlannedStage): DistillationSet {
  const { config, path } = located;
  const { dataset } = config;
  const set = openSet('folder' in dataset ? { folder: path(dataset.folder) } : { recipe: path(dataset.recipe) });
  requireFit(space, set.manifest.shape, set.manifest.classes);
  requireSet(located, stage, settings, set.manifest);
  return set;
}

/** The run's folder. What a resumed run must find unchanged is its settings, its targets' amounts, and its images. */
function openStageRun(plan: PlannedStage, config: LocatedConfig, set: DistillationSet, options: RunOptions): Run {
  const { stage, space, settings, targets } = plan;
  const { yaml, values } = resolvedConfig(config, stage, settings);
  const { source, teacher } = set.manifest;
  const amounts = Object.fromEntries(targets.map(({ name, target }) => [name, target]));
  const { root, id, resume, extend, environment, workers, observer } = options;
  return openRun({
    root,
    id,
    resume,
    extend,
    stage,
    steps: settings.steps,
    lengthKey: `${stage}.steps`,
    config: yaml,
    identity: flattened({ ...values, amounts, images: source.sha256, teacher: teacher.fingerprint }),
    renamedKeys: renamedConfigKeys,
    space: printSpace(space),
    environment: withWorkers(environment, workers),
    notice: observer.note,
  });
}
