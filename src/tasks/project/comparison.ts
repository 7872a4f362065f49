/**
 * The comparison at the end of a search: the results of both stages and known networks, scaled by width to the targets,
 * all trained alone by one recipe.
 */
import { join } from 'node:path';
import { type Evaluation, readSearchResult } from '#jobs/runs/run-result';
import { costOf } from '#networks/cost/cost';
import type { Architecture } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { foundArchitecture } from '#tasks/search/finished-stage';
import type { StagePlan } from '#tasks/search/plan';
import { scaledNetwork } from '#tasks/search/scaled-network';
import { hasWeights, readEvaluation } from '#tasks/training/finished-run';
import { type PlannedRecipe, planRecipe } from './planned-recipe.js';
import type { ProjectRequest } from './ports.js';

export interface Comparison extends PlannedRecipe {
  readonly contenders: readonly Contender[];
}

/** A network to train alone. */
export interface Contender {
  readonly name: string;
  /** The id of its run, and the run's folder. */
  readonly id: string;
  readonly folder: string;
  readonly isDone: boolean;
  /** Costs, by name; those of a result exist once its stage is done. */
  costs(): Readonly<Record<string, number>>;
  /** The network; that of a result exists once its stage is done. */
  network(): Architecture;
  /** The network, or one like it while it does not exist. */
  readonly likely: Architecture;
}

/** Plans the comparison of a config, and checks its recipe and its networks; mistakes are failures. */
export async function planComparison(
  config: LocatedConfig,
  stages: readonly [StagePlan, StagePlan],
  { root, id }: Pick<ProjectRequest, 'root' | 'id'>,
  set: StageSet | undefined,
  likely: Architecture,
): Promise<Comparison | undefined> {
  const { compare } = config.config;
  if (compare === undefined) return undefined;
  const [{ task }] = stages;
  const contender = (name: string, one: Pick<Contender, 'costs' | 'network' | 'likely'>): Contender => {
    const run = `${id}-compare-${name}`;
    const folder = join(root, run);
    return { name, id: run, folder, isDone: hasWeights(folder), ...one };
  };
  const results = (['fine', 'coarse'] as const).map((stage) => {
    const folder = join(root, `${id}-${stage}`);
    const costs = () =>
      Object.fromEntries(Object.entries(readSearchResult(folder).costs).map(([name, { value }]) => [name, value]));
    return contender(stage, { costs, network: () => foundArchitecture(folder), likely });
  });
  const known = compare.scaled.map((reference, i) => {
    const report = (message: string) => config.located.at(['compare', 'scaled', i], message);
    const network = scaledNetwork(namedNetwork(reference, config.path('.'), report), {
      ...task,
      tolerance: task.settings.tolerance,
      report,
    });
    const costs = Object.fromEntries(task.targets.map(({ name, spec }) => [name, costOf(spec, network)]));
    return contender(network.name, { costs: () => costs, network: () => network, likely: network });
  });
  return { ...(await planRecipe(config, compare.recipe, set, likely)), contenders: [...results, ...known] };
}

/** A row of the closing table: a network with its costs and its accuracy when trained alone. */
export interface ComparedNetwork {
  readonly name: string;
  readonly run: string;
  readonly costs: Readonly<Record<string, number>>;
  readonly test: Evaluation;
}

/** Reads the rows of a finished comparison. */
export function comparedNetworks({ contenders }: Comparison): ComparedNetwork[] {
  return contenders.map(({ name, folder, costs }) => ({
    name,
    run: folder,
    costs: costs(),
    test: readEvaluation(folder),
  }));
}
