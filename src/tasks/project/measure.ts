/** Measures on this machine how long the steps of a training, the steps of a stage and the loading of images take. */
import { meanOf } from '#core/statistics/scoring';
import { plainView } from '#data/images/fit';
import type { ImageSet } from '#data/images/image-source';
import { openParts } from '#data/sets/set-mix';
import { runJob, unattended } from '#jobs/job';
import { type Workers, workersFor } from '#jobs/workers/launcher';
import type { Architecture } from '#networks/space/space';
import type { StageSet } from '#tasks/search/config/stage-requirements';
import { type Estimate, estimateStage } from '#tasks/search/stage/estimate';
import type { StageTask } from '#tasks/search/stage/stage-task';
import { openTrainingData } from '#tasks/training/open-training-data';
import { microBatchesOf, type TrainingRecipe } from '#tasks/training/recipe';
import { trainingJob } from '#tasks/training/training-job';
import { withStandInSet } from './stand-in-set.js';

const timedSteps = 8;
const untimedSteps = 2; // in which caches fill

/** Returns the mean time of a training step in ms, measured on the recipe's own images. */
export async function measuredStepMs(network: Architecture, recipe: TrainingRecipe, most: Workers): Promise<number> {
  const data = await openTrainingData(recipe, network.classes);
  const epochs = ((untimedSteps + timedSteps) * recipe.batch) / data.images;
  const ends: number[] = [];
  const shouldStop = () => {
    ends.push(performance.now()); // called once after each step
    return false;
  };
  const job = { network, recipe: { ...recipe, epochs, warmupEpochs: 0 } };
  const workers = workersFor(most, microBatchesOf(recipe));
  await runJob(trainingJob, { job, data, workers }, { ...unattended, shouldStop });
  const times = ends.slice(1).map((end, i) => end - (ends[i] as number));
  return meanOf(times.slice(untimedSteps - 1));
}

/** Returns the mean time of a training step in ms, on random images in place of the planned set. */
export function measuredStepMsOn(
  set: StageSet,
  network: Architecture,
  recipe: TrainingRecipe,
  most: Workers,
): Promise<number> {
  return withStandInSet(set, ({ folder }) => measuredStepMs(network, { ...recipe, data: { folder } }, most));
}

/** Estimates a stage on random images in place of the planned set. */
export function estimatedStage(set: StageSet, task: StageTask, most: Workers): Promise<Estimate> {
  return withStandInSet(set, (standIn) =>
    estimateStage(task, openParts([{ folder: standIn.folder, weight: 1 }]), most),
  );
}

const loadedImages = 48;

/** Returns the time in ms to load an image and bring it to the set's size, several at a time, over a sample. */
export async function measuredLoadMs({ train, fit }: ImageSet): Promise<number> {
  const n = Math.min(loadedImages, train.n);
  const indices = Array.from({ length: n }, (_, i) => Math.floor((i * train.n) / n));
  const view = async (index: number) => plainView(await train.load(index), fit);
  await view(0);
  const start = performance.now();
  await Promise.all(indices.map(view));
  return (performance.now() - start) / n;
}
