/** The training images from which int8 takes the ranges of its values, as options name them or of a run. */
import { Failure } from '#core/failure';
import { openTrainingSet } from '#data/sets/built-set';
import type { Batches } from '#data/sets/loader';
import { trainBatches } from '#data/sets/set-mix';
import type { Images } from '#networks/nn/model';
import type { Architecture } from '#networks/space/space';
import { type FinishedRun, openRunImages } from '#tasks/training/finished-run';
import { calibrationOrder, fewImages, forCalibration } from '#tasks/training/int8/calibration-images';
import { requireFit } from '#tasks/training/requirements';
import { type ImageOptions, namedSet } from './trial-images.js';

const remedy = 'name training images with --dataset RECIPE or --folder DIR';

/** Returns training images of the named set, else of the run's data without augmentation; a usage failure without either. */
export async function calibrationImages(
  network: Architecture,
  run: FinishedRun | undefined,
  options: ImageOptions,
): Promise<Images> {
  return fewImages(await trainingImages(network, run, options));
}

async function trainingImages(
  network: Architecture,
  run: FinishedRun | undefined,
  options: ImageOptions,
): Promise<Batches> {
  const named = namedSet(options);
  if (named !== undefined) {
    const set = openTrainingSet(named, (path) => path);
    requireFit(network, set.manifest.shape, set.manifest.classes);
    return trainBatches(set, calibrationOrder);
  }
  if (run === undefined) throw new Failure('usage', '--int8: expected training images; got a network alone', remedy);
  return (await openRunImages({ ...run, recipe: forCalibration(run.recipe) }, remedy)).batches;
}
