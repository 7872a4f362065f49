/** The training images from which int8 takes the ranges of its values. */
import { Failure } from '#core/failure';
import { openTrainingSet } from '#data/sets/built-set';
import type { Batches } from '#data/sets/loader';
import { trainBatches } from '#data/sets/set-mix';
import type { Images } from '#networks/nn/model';
import type { Architecture } from '#networks/space/space';
import { type ImageOptions, namedSet } from '#tasks/project/trial-images';
import { type FinishedRun, openRunImages } from '#tasks/training/finished-run';
import { requireFit } from '#tasks/training/requirements';

const wanted = 256; // images
const order = { seed: 1, batch: 16 };
const remedy = 'name training images with --dataset RECIPE or --folder DIR';

/** Returns training images of the named set, else of the run's data without augmentation; a usage failure without either. */
export async function calibrationImages(
  network: Architecture,
  run: FinishedRun | undefined,
  options: ImageOptions,
): Promise<Images> {
  const batches = await trainingImages(network, run, options);
  const parts: Uint8Array[] = [];
  for (let step = 0; step < wanted / order.batch; step++) parts.push((await batches.at(step, [step + 1])).images);
  return { n: wanted, images: Buffer.concat(parts) };
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
    return trainBatches(set, order);
  }
  if (run === undefined) throw new Failure('usage', '--int8: expected training images; got a network alone', remedy);
  const { data } = run.recipe;
  const plain = 'source' in data ? { ...data, augment: {} } : data;
  const recipe = { ...run.recipe, data: plain, batch: order.batch, microBatches: 1 };
  return (await openRunImages({ ...run, recipe }, remedy)).batches;
}
