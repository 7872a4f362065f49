/** A whole search as planned: everything is read and checked, nothing is computed yet. */
import { Failure } from '#core/failure';
import { openTrainingSet } from '#data/sets/built-set';
import type { Architecture } from '#networks/space/space';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { requireStageSet } from '#tasks/search/open';
import { planCoarse, planFine, type StagePlan, standInFor } from '#tasks/search/plan';
import { type Comparison, planComparison } from './comparison.js';
import { type PlannedExport, planExports } from './exports.js';
import { type FinalTraining, planFinalTraining } from './final-training.js';
import type { Phase } from './phase.js';
import { closingPhases, comparingPhases, preparingPhases, stagePhases } from './phases.js';
import type { ProjectPorts, ProjectRequest } from './ports.js';
import { type Preparation, plannedSet, planPreparation } from './preparation.js';

export interface Project {
  readonly config: LocatedConfig;
  readonly request: ProjectRequest;
  /** The coarse stage, and the fine stage on a likely result of it. */
  readonly stages: readonly [StagePlan, StagePlan];
  /** Undefined if the set exists. */
  readonly preparation: Preparation | undefined;
  /** The distillation set, built or planned; undefined if its images must be fetched first, or are missing. */
  readonly set: StageSet | undefined;
  /** A network like the result. */
  readonly likely: Architecture;
  readonly comparison: Comparison | undefined;
  readonly training: FinalTraining | undefined;
  readonly exports: readonly PlannedExport[];
}

/** Receives the failure if images or a set are missing. */
export type Refuse = (failure: Failure) => void;

const byThrowing: Refuse = (failure) => {
  throw failure;
};

/** Plans the search of a config; mistakes in any file that it names are failures. */
export async function planProject(
  config: LocatedConfig,
  request: ProjectRequest,
  refuse: Refuse = byThrowing,
): Promise<Project> {
  const stages = planStages(config);
  const preparation = await planPreparation(config, (open) => unlessMissing(open, refuse));
  const set = await unlessMissing(async () => setOf(config, preparation), refuse);
  if (set !== undefined) for (const { task } of stages) requireStageSet(task, config, set);
  const likely = standInFor(stages[1].task);
  const comparison = await planComparison(config, stages, request, set, likely);
  const training = await planFinalTraining(config, request, set, likely);
  const exports = planExports(config, training, request.id);
  return { config, request, stages, preparation, set, likely, comparison, training, exports };
}

/** Returns what `open` opens; undefined if its images are missing, once `refuse` has accepted that. */
async function unlessMissing<T>(open: () => Promise<T>, refuse: Refuse): Promise<T | undefined> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'data') throw error;
    refuse(error);
    return undefined;
  }
}

/** Plans both stages, the fine one on a likely coarse result, so that its mistakes are told before anything runs. */
export function planStages(config: LocatedConfig): readonly [StagePlan, StagePlan] {
  const coarse = planCoarse(config);
  return [coarse, planFine(config, standInFor(coarse.task))];
}

function setOf({ config, path }: LocatedConfig, preparation: Preparation | undefined): StageSet | undefined {
  if (preparation !== undefined) return preparation.build && plannedSet(preparation.build);
  const { dataset } = config;
  return openTrainingSet(dataset, path).manifest;
}

/** The phases of a project, in order. */
export function phasesOf(project: Project, ports: ProjectPorts): Phase[] {
  const { comparison, training, exports, likely, request } = project;
  return [
    ...preparingOf(project, ports),
    ...searchPhases(project, request),
    ...comparingPhases(comparison, request, ports),
    ...closingPhases(training, exports, likely, request, ports),
  ];
}

/** The phases before the stages. */
export function preparingOf({ preparation }: Project, ports: ProjectPorts): Phase[] {
  return preparingPhases(preparation, ports);
}

/** The two stages of a project's config or of the same config with another seed, in their own runs. */
export function searchPhases({ config, stages, set }: Project, request: ProjectRequest, of = config): Phase[] {
  return stagePhases(of, stages, set?.splits.held ?? 0, request);
}
