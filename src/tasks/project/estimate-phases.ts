/** Estimates the phases of a search from a few of their steps, measured on this machine. */
import { unattended } from '#jobs/job';
import type { Workers } from '#jobs/workers/launcher';
import type { Architecture } from '#networks/space/space';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { microBatchesOf, type TrainingRecipe } from '#tasks/training/recipe';
import { trainingSteps } from '#tasks/training/training-plan';
import type { Comparison } from './comparison.js';
import type { PhaseName } from './phase.js';
import { runElsewhere } from './phase-process.js';
import { plannedBytes } from './preparation.js';
import { type Project, phasesOf } from './project.js';

export interface PhaseEstimate {
  readonly stage: PhaseName;
  readonly subject: string;
  /** True if the result of the phase exists. */
  readonly exists: boolean;
  /** Undefined if it cannot be estimated. */
  readonly seconds?: number | undefined;
  /** Bytes that the phase writes, where they are many. */
  readonly bytes?: number | undefined;
}

/** Time to export a network in a format and check it, in s: mostly the start of ONNX Runtime or TensorFlow.js. */
const exportSeconds = 5;

/**
 * Estimates every phase of a project, as far as its images are there.
 *
 * @param stageSeconds  the estimates of the coarse and the fine stage, if known
 */
export async function estimatedPhases(
  project: Project,
  workersFor: (parts: number) => Workers,
  stageSeconds: readonly (number | undefined)[],
): Promise<PhaseEstimate[]> {
  const phases = phasesOf(project, { workersFor, exportNetwork: async () => undefined });
  const { preparation, comparison, training, set, likely, exports } = project;
  const build = preparation?.build;
  const teachers = await estimatedTeachers(project, workersFor);
  const labelMs = teachers.reduce((sum, { imageMs }) => sum + imageMs / stepPasses, 0);
  const rows = build?.plan.shards.reduce((sum, shard) => sum + shard.rows, 0);
  const buildMs = rows && rows * ((preparation?.loadMs ?? 0) + labelMs);
  const seconds: Record<PhaseName, (number | undefined)[]> = {
    fetch: [undefined],
    teacher: teachers.map((teacher) => teacher.seconds),
    dataset: [buildMs && buildMs / 1000],
    coarse: stageSeconds.slice(0, 1),
    fine: stageSeconds.slice(1),
    compare: await comparisonEstimates(comparison, set, workersFor),
    train: [training && set && (await trainingEstimate(likely, training.recipe, training.images, set, workersFor))],
    export: [exportSeconds * exports.length],
  };
  return phases.map(({ name, subject, isDone }) => ({
    stage: name,
    subject,
    exists: isDone,
    seconds: seconds[name].shift(),
    ...(name === 'dataset' && build && { bytes: plannedBytes(build) }),
  }));
}

const stepPasses = 3; // a training step takes about as long as three forward passes

/** Returns for each teacher the time of its training, and of its training step divided by the images of a batch. */
async function estimatedTeachers({ preparation }: Project, workersFor: (parts: number) => Workers) {
  const estimates: { readonly seconds: number | undefined; readonly imageMs: number }[] = [];
  for (const { network, recipe } of preparation?.build === undefined ? [] : preparation.teachers) {
    const images = preparation?.build?.source.train.n ?? 0;
    const seconds = await trainingEstimate(network, recipe, images, undefined, workersFor);
    const steps = trainingSteps(recipe, images);
    estimates.push({ seconds, imageMs: (1000 * (seconds ?? 0)) / steps / recipe.batch });
  }
  return estimates;
}

/** Returns the seconds of each training of a comparison. */
async function comparisonEstimates(
  comparison: Comparison | undefined,
  set: StageSet | undefined,
  workersFor: (parts: number) => Workers,
): Promise<(number | undefined)[]> {
  const seconds: (number | undefined)[] = [];
  for (const { likely } of comparison?.contenders ?? []) {
    const { recipe, images } = comparison as Comparison;
    seconds.push(set && (await trainingEstimate(likely, recipe, images, set, workersFor)));
  }
  return seconds;
}

/** Returns the seconds of a training, measured on the recipe's own images or on random ones in place of the set. */
async function trainingEstimate(
  network: Architecture,
  recipe: TrainingRecipe,
  images: number | undefined,
  set: StageSet | undefined,
  workersFor: (parts: number) => Workers,
): Promise<number | undefined> {
  if (images === undefined) return undefined;
  const task = { kind: 'measureSteps', network, recipe, set: 'source' in recipe.data ? undefined : set } as const;
  const context = { ...unattended, environment: {} };
  const stepMs = await runElsewhere(task, workersFor(microBatchesOf(recipe)), context);
  return (trainingSteps(recipe, images) * stepMs) / 1000;
}
