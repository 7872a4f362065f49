/** The work of a separate process, as plain data: phases, and measurements for their estimates. */
import { dirname } from 'node:path';
import { assertNever } from '#core/assert-never';
import { usableCores } from '#core/machine/cores';
import type { JobContext } from '#jobs/job-context';
import type { ResumeMode } from '#jobs/runs/run-folder';
import type { Architecture } from '#networks/space/space';
import { buildDistillationSet } from '#tasks/distill/build';
import type { TeacherOfKind } from '#tasks/distill/build-recipe';
import { inReports } from '#tasks/distill/build-reports';
import { openBuild, requestOf } from '#tasks/distill/open-build';
import { teacherLoader, trainedHere } from '#tasks/distill/teacher';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import type { Estimate } from '#tasks/search/stage/estimate';
import type { StageTask } from '#tasks/search/stage/stage-task';
import { readTrainingRecipe, type TrainingRecipe } from '#tasks/training/recipe';
import { train } from '#tasks/training/train';
import { estimatedStage, measuredStepMs, measuredStepMsOn } from './measure.js';

export type PhaseTask =
  | {
      readonly kind: 'teacher';
      readonly reference: TeacherOfKind<'training'>;
      /** The dataset recipe that names the teacher. */
      readonly recipeFile: string;
    }
  | {
      readonly kind: 'dataset';
      readonly recipeFile: string;
      /** The folder that becomes the set. */
      readonly to: string;
    }
  | {
      readonly kind: 'train';
      readonly network: Architecture;
      readonly recipeFile: string;
      readonly root: string;
      readonly id: string;
      readonly resume: ResumeMode;
    }
  | {
      readonly kind: 'measureSteps';
      readonly network: Architecture;
      readonly recipe: TrainingRecipe;
      /** The set in whose place random images are used; left out to use the recipe's own images. */
      readonly set?: StageSet | undefined;
    }
  | { readonly kind: 'measureStage'; readonly task: StageTask; readonly set: StageSet };

/** The results by kind of task: ms of a training step, the estimate of a stage. */
export interface PhaseResults {
  readonly teacher: undefined;
  readonly dataset: undefined;
  readonly train: undefined;
  readonly measureSteps: number;
  readonly measureStage: Estimate;
}

/** Does the work of a phase, or what remains of it. */
export async function workOn(task: PhaseTask, context: JobContext): Promise<PhaseResults[PhaseTask['kind']]> {
  switch (task.kind) {
    case 'teacher':
      await trainedHere(task.reference, dirname(task.recipeFile), context);
      return;
    case 'dataset':
      await buildSet(task.recipeFile, task.to, context);
      return;
    case 'train': {
      const { network, recipeFile, root, id, resume } = task;
      await train(network, readTrainingRecipe(recipeFile), { context, root, id, resume });
      return;
    }
    case 'measureSteps': {
      const { network, recipe, set } = task;
      if (set === undefined) return measuredStepMs(network, recipe, context.workers);
      return measuredStepMsOn(set, network, recipe, context.workers);
    }
    case 'measureStage':
      return estimatedStage(task.set, task.task, context.workers);
    default:
      return assertNever(task);
  }
}

async function buildSet(recipeFile: string, to: string, context: JobContext): Promise<void> {
  const { observer, shouldStop } = context;
  const opened = await openBuild(recipeFile);
  for (const note of opened.source.notes ?? []) observer.warn(note);
  const request = await requestOf(opened, teacherLoader(context), usableCores());
  const ports = { shouldStop, onProgress: inReports(observer.progress, context.clock), warn: observer.warn };
  await buildDistillationSet({ ...request, to, ...ports });
}
