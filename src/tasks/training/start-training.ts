/** From a network and a recipe to a finished training in a run folder. */

import { stringify } from 'yaml';
import { flattened } from '#core/documents/flatten';
import { Failure } from '#core/failure';
import type { Observer } from '#jobs/observer';
import { openRun, type ResumeMode, type Run, runFolder } from '#jobs/runs/run-folder';
import { settleLock } from '#jobs/runs/settle-lock';
import { type Workers, workersFor } from '#jobs/workers/worker-pool';
import { asSpace, printSpace } from '#networks/space/print';
import { inputShape } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import type { Evaluation } from './evaluate.js';
import { openTrainingData } from './open-training-data.js';
import { microBatchesOf, renamedTrainingKeys, type TrainingRecipe } from './recipe.js';
import { requireImages, requireNormalisable } from './requirements.js';
import { trainingSteps } from './training-plan.js';
import { runTraining } from './training-run.js';

/** Where a run lies, and what a long task is given of the world. */
export interface RunOptions {
  readonly root: string;
  readonly id: string;
  readonly resume: ResumeMode;
  /** Whether a run that is there may go on to more steps than it had. */
  readonly extend?: boolean | undefined;
  readonly environment: object;
  /** The most that may work on it; a step with fewer samples or micro-batches has fewer. */
  readonly workers: Workers;
  /** Steps to trace, if any. */
  readonly profile?: number | undefined;
  readonly observer: Observer;
  readonly shouldStop: () => boolean;
  readonly clock: () => number;
}

/** Trains a network and evaluates it; a run that is done already is left as it is, and undefined returned. */
export async function train(
  network: Architecture,
  recipe: TrainingRecipe,
  options: RunOptions,
): Promise<Evaluation | undefined> {
  const data = openTrainingData(recipe, network.classes);
  for (const note of data.notes) options.observer.warn(note); // first, since it may be why they do not fit
  requireFit(network, data.shape, data.classes);
  requireNormalisable(asSpace(network), recipe);
  requireImages(recipe, data.images);
  const { base: recipeFolder, ...plain } = recipe;
  const { root, id, resume, extend, observer } = options;
  const workers = workersFor(options.workers, microBatchesOf(recipe));
  await settleLock(runFolder(root, id), { ...options, notice: observer.note });
  const run = openRun({
    root,
    id,
    resume,
    extend,
    stage: 'train',
    steps: trainingSteps(recipe, data.images),
    lengthKey: 'epochs',
    config: stringify(plain),
    identity: flattened(plain),
    renamedKeys: renamedTrainingKeys,
    space: printSpace(asSpace(network)),
    environment: { ...withWorkers(options.environment, workers), recipeFolder },
    notice: observer.note,
  });
  if (run.wasDone) {
    run.finish('done');
    return undefined;
  }
  return finishing(run, () => runTraining({ ...options, workers, network, recipe, data, run }));
}

/** What a run notes of the machine, and of who works on it. */
export function withWorkers(environment: object, { count, threads }: Workers): object {
  return { ...environment, workers: count, threads };
}

/** Runs `work` and states in the run how it ended. */
export async function finishing<T>(run: Run, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    run.finish('done');
    return result;
  } catch (error) {
    const isStop = error instanceof Failure && error.kind === 'stopped';
    run.finish(isStop ? 'stopped' : 'failed', (error as Error).message);
    throw error;
  }
}

/** Refuses images that are not of the network's input and classes. */
export function requireFit(
  { name, input, classes }: Pick<Architecture, 'name' | 'input' | 'classes'>,
  shape: readonly [number, number, number],
  dataClasses: number,
): void {
  const expected = `${inputShape(input).join('x')} and ${classes} classes`;
  const got = `${shape.join('x')} and ${dataClasses} classes`;
  if (expected !== got) throw new Failure('config', `${name}: expected images of ${expected}; got ${got}`);
}
