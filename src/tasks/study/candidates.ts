/** The architectures that the arms of a study find, draw or scale. */
import { join } from 'node:path';
import type { RunRequest } from '#jobs/job-context';
import { type Costs, readSearchResult } from '#jobs/runs/run-result';
import { stepSeconds } from '#jobs/runs/run-seconds';
import { costOf } from '#networks/cost/cost';
import { networkKey } from '#networks/space/network-key';
import { readSpace } from '#networks/space/parse';
import { type Architecture, close } from '#networks/space/space';
import { type StageSettings, stageSettings } from '#tasks/search/config/stage-settings';
import { foundArchitecture } from '#tasks/search/finished-stage';
import { onTarget } from '#tasks/search/on-target';
import { planCoarse, planFine, type StagePlan } from '#tasks/search/plan';
import { runStages } from '#tasks/search/run-stages';
import { scaledNetwork } from '#tasks/search/scaled-network';
import type { Arm } from './arm.js';
import type { Study } from './study.js';

export type StudyOptions = Omit<RunRequest, 'id' | 'profile'>;

/** An architecture that an arm found, drew or scaled. */
export interface Candidate {
  readonly architecture: Architecture;
  readonly costs: Costs;
  /** Evaluation in the SuperNet on the validation split; null for an architecture that was not searched for. */
  readonly held: { readonly top1: number; readonly loss: number } | null;
  /** Seconds of the search's steps; 0 without one. */
  readonly searchSeconds: number;
}

/**
 * Returns the architectures of the arm that are trained alone: in a ranking all that its SuperNet evaluated, else those
 * that it found, drew or scaled.
 */
export async function candidates(study: Study, arm: Arm, seed: number, options: StudyOptions): Promise<Candidate[]> {
  const config = arm.config(seed);
  const id = `${arm.runs}-${seed}`;
  const root = join(options.root, study.name);
  const coarseRun = join(root, `${arm.coarseRuns ?? arm.runs}-${seed}-coarse`);
  if (arm.scaled !== undefined) return [scaled(planCoarse(config), arm.scaled)];
  if (arm.draw !== undefined) {
    if (arm.coarseRuns !== undefined) return drawn(planFine(config, foundArchitecture(coarseRun)), arm.draw);
    return seed === 1 ? drawn(planCoarse(config), arm.draw) : [];
  }
  await runStages(config, { ...options, root, id }, arm.stages, coarseRun);
  const folder = join(root, `${id}-${arm.stages.at(-1)}`);
  const stages = arm.stages.map((stage) => stageSeconds(join(root, `${id}-${stage}`), stageSettings(config, stage)));
  const before = arm.coarseRuns === undefined ? 0 : stageSeconds(coarseRun, stageSettings(config, 'coarse'));
  const searchSeconds = stages.reduce((a, b) => a + b, before);
  const found = study.measure === 'ranking' ? ranked(folder) : [winner(folder)];
  return found.map((one) => ({ ...one, searchSeconds }));
}

function stageSeconds(folder: string, { batch, samplesPerStep }: StageSettings): number {
  return stepSeconds(folder, batch * samplesPerStep);
}

function drawn({ task }: StagePlan, count: number): Candidate[] {
  return onTarget(task, count).map((decisions) => notSearched(close(task.space, decisions), task));
}

function scaled({ task }: StagePlan, network: Architecture): Candidate {
  return notSearched(scaledNetwork(network, { ...task, tolerance: task.settings.tolerance }), task);
}

function notSearched(architecture: Architecture, { targets }: StagePlan['task']): Candidate {
  const costs = targets.map(({ name, spec, target }) => [name, { value: costOf(spec, architecture), target }]);
  return { architecture, held: null, costs: Object.fromEntries(costs), searchSeconds: 0 };
}

function winner(folder: string): Omit<Candidate, 'searchSeconds'> {
  const { held, costs } = readSearchResult(folder);
  return { architecture: foundArchitecture(folder), held, costs };
}

/** Returns each network once, with its first evaluation in the SuperNet: a policy may draw one several times. */
function ranked(folder: string): Omit<Candidate, 'searchSeconds'>[] {
  const space = readSpace(join(folder, 'space.yaml'));
  const networks = new Map<string, Omit<Candidate, 'searchSeconds'>>();
  for (const { decisions, held, costs } of readSearchResult(folder).candidates) {
    const architecture = close(space, decisions);
    const key = networkKey(architecture);
    if (!networks.has(key)) networks.set(key, { architecture, held, costs });
  }
  return [...networks.values()];
}

/** Returns the number of training images over all stages of one search; 0 for an arm without one, and for none. */
export function searchImages(arm: Arm | undefined, stages = arm?.stages ?? []): number {
  if (arm === undefined || arm.draw !== undefined || arm.scaled !== undefined) return 0;
  const { config } = arm;
  const images = stages.map((stage) => {
    const { steps, samplesPerStep, batch } = stageSettings(config(1), stage);
    return steps * samplesPerStep * batch;
  });
  return images.reduce((a, b) => a + b, 0);
}
