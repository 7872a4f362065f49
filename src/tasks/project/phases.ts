/** Lists the phases of a search, each with what it needs to run. */
import { join } from 'node:path';
import { datasets } from '#data/images/datasets';
import { fetchDataset } from '#data/images/fetch/fetch';
import { datasetFolder } from '#data/images/open-source';
import type { ResumeMode } from '#jobs/runs/run-folder';
import { isRun, readState } from '#jobs/runs/run-state';
import type { Architecture } from '#networks/space/space';
import type { LocatedConfig, StageName } from '#tasks/search/config/config';
import { foundArchitecture } from '#tasks/search/finished-stage';
import type { StagePlan } from '#tasks/search/plan';
import { runStages } from '#tasks/search/run-stages';
import { microBatchesOf, type TrainingRecipe } from '#tasks/training/recipe';
import { trainingSteps } from '#tasks/training/training-plan';
import type { Comparison } from './comparison.js';
import { epochsText } from './epochs-text.js';
import type { PlannedExport } from './exports.js';
import type { FinalTraining } from './final-training.js';
import type { Phase } from './phase.js';
import { runElsewhere } from './phase-process.js';
import type { ProjectPorts, ProjectRequest } from './ports.js';
import type { Preparation } from './preparation.js';
import { buildSeconds, stageSeconds, trainingSeconds } from './work.js';

/** The phases that a search lacks before its stages, in order; empty if its set exists. */
export function preparingPhases(preparation: Preparation | undefined, { workersFor }: ProjectPorts): Phase[] {
  if (preparation === undefined) return [];
  const { recipeFile, recipe, folder, fetch, teachers, build, loadMs } = preparation;
  const fetching: Phase[] = fetch === undefined ? [] : [fetchPhase(fetch)];
  const training = teachers.map(({ reference, network, recipe: training, isTrained }): Phase => {
    const images = build === undefined ? 0 : trainingSteps(training, build.source.train.n) * training.batch;
    return {
      name: 'teacher',
      subject: `${network.name}, ${epochsText(training.epochs, build?.source.train.n)}`,
      isDone: isTrained,
      nominalSeconds: trainingSeconds(network, images, build?.source.test.n ?? 0, loadMs),
      async run(context) {
        if (isTrained) return;
        await runElsewhere({ kind: 'teacher', reference, recipeFile }, workersFor(microBatchesOf(training)), context);
      },
    };
  });
  const rows = build === undefined ? 0 : build.plan.shards.reduce((sum, shard) => sum + shard.rows, 0);
  const building: Phase = {
    name: 'dataset',
    subject: build === undefined ? recipe.name : `${recipe.name}, ${rows} rows`,
    isDone: false,
    nominalSeconds: buildSeconds(
      teachers.map(({ network }) => network),
      rows,
      loadMs,
    ),
    async run(context) {
      await runElsewhere({ kind: 'dataset', recipeFile, to: folder }, workersFor(1), context);
    },
  };
  return [...fetching, ...training, building];
}

function fetchPhase(name: keyof typeof datasets): Phase {
  return {
    name: 'fetch',
    subject: name,
    isDone: false,
    nominalSeconds: 0,
    async run({ observer }) {
      const { official, provenance } = await fetchDataset(datasets[name], datasetFolder(name), observer.note);
      if (!official) observer.warn(`${name}: ${provenance}`);
    },
  };
}

/** The two stages of a search. */
export function stagePhases(
  config: LocatedConfig,
  plans: readonly StagePlan[],
  validation: number,
  request: ProjectRequest,
): Phase[] {
  return plans.map(({ task: { stage, space, settings } }, i): Phase => {
    const resume = i > 0 ? laterRun(request.resume) : request.resume;
    return {
      name: stage,
      subject: i === 0 ? space.name : `the coarse result, ${settings.steps} steps`,
      isDone: isStageDone(request, stage, settings.steps),
      nominalSeconds: stageSeconds(space, settings, validation),
      run: (context) => runStages(config, { ...request, resume, context }, [stage]),
    };
  });
}

function isStageDone({ root, id }: ProjectRequest, stage: StageName, steps: number): boolean {
  const folder = join(root, `${id}-${stage}`);
  if (!isRun(folder)) return false;
  const state = readState(folder);
  return state.status === 'done' && state.steps === steps;
}

/** The trainings of the networks to compare, after the stages; empty without a comparison. */
export function comparingPhases(
  comparison: Comparison | undefined,
  { root, resume }: ProjectRequest,
  { workersFor }: ProjectPorts,
): Phase[] {
  if (comparison === undefined) return [];
  const { recipe, recipeFile, contenders, images = 0, test = 0 } = comparison;
  return contenders.map(({ name, id, isDone, likely, network }) => ({
    name: 'compare',
    subject: `${name}, alone, ${epochsText(recipe.epochs, comparison.images)}`,
    isDone,
    nominalSeconds: trainingSeconds(likely, trainedImages(recipe, images), test),
    async run(context) {
      const task = { kind: 'train', network: network(), recipeFile, root, id, resume: laterRun(resume) } as const;
      await runElsewhere(task, workersFor(microBatchesOf(recipe)), context);
    },
  }));
}

/** The mode of a run after the first one, which alone must exist. */
function laterRun(resume: ResumeMode): ResumeMode {
  return resume === 'must' ? 'allow' : resume;
}

/** Number of images that a training processes, repetitions included; 0 if it is unknown. */
function trainedImages(recipe: TrainingRecipe, images: number): number {
  return images === 0 ? 0 : trainingSteps(recipe, images) * recipe.batch;
}

/** The final training and the exports, after the stages; empty without either. */
export function closingPhases(
  training: FinalTraining | undefined,
  exports: readonly PlannedExport[],
  likely: Architecture,
  { root, id, resume }: ProjectRequest,
  { workersFor, exportNetwork }: ProjectPorts,
): Phase[] {
  if (training === undefined) return [];
  const { recipe, recipeFile, isDone, images = 0, test = 0, folder } = training;
  const run = { kind: 'train', recipeFile, root, id: training.id } as const;
  const trainPhase: Phase = {
    name: 'train',
    subject: `the fine result, ${epochsText(recipe.epochs, training.images)}`,
    isDone,
    nominalSeconds: trainingSeconds(likely, trainedImages(recipe, images), test),
    async run(context) {
      const network = foundArchitecture(join(root, `${id}-fine`));
      await runElsewhere({ ...run, network, resume: laterRun(resume) }, workersFor(microBatchesOf(recipe)), context);
    },
  };
  if (exports.length === 0) return [trainPhase];
  const exportPhase: Phase = {
    name: 'export',
    subject: exports.map(({ format, int8 }) => `${format}${int8 ? ' with int8' : ''}`).join(', '),
    isDone: exports.every(({ isDone }) => isDone),
    nominalSeconds: 0,
    async run({ observer }) {
      for (const { format, folder: to, int8, isDone } of exports) {
        const warning = isDone ? undefined : await exportNetwork(folder, format, to, int8);
        if (warning !== undefined) observer.warn(warning);
      }
    },
  };
  return [trainPhase, exportPhase];
}
