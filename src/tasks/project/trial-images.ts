/** The images that an export is checked on. */
import { Failure } from '#core/failure';
import { randomStream } from '#core/random';
import { stackedImages } from '#data/images/image-stack';
import { openSet } from '#data/sets/built-set';
import type { Images } from '#networks/nn/model';
import { inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import type { TrialImages } from '#tasks/export/exporter';
import { type EvaluationImages, splitImages } from '#tasks/training/evaluate';
import { type FinishedRun, openRunImages } from '#tasks/training/finished-run';
import { requireFit } from '#tasks/training/requirements';

export interface ImageOptions {
  /** The recipe of a built set. */
  readonly dataset?: string | undefined;
  /** The folder of a built set. */
  readonly folder?: string | undefined;
}

export interface Trial {
  readonly images: TrialImages;
  /** The description of the images in the result. */
  readonly from: string;
  /** The class names; undefined for random images. */
  readonly classNames: readonly string[] | undefined;
}

const wanted = 16; // images

/**
 * Returns test images of the named set, else of the run's data, else random images: about 16, in whole batches if the
 * batch size is fixed. A smaller split is used whole, and repeated where it does not fill a batch.
 */
export async function trialImages(
  network: Architecture,
  run: FinishedRun | undefined,
  options: ImageOptions,
  batch?: number,
): Promise<Trial> {
  const most = batch === undefined ? wanted : Math.max(batch, wanted - (wanted % batch));
  const found = await realImages(network, run, options);
  if (found === undefined) {
    const images = randomImages(network, most, batch ?? most);
    return { images, from: 'random images', classNames: undefined };
  }
  const { from, classNames, test } = found;
  const real = await firstImages(test, most);
  if (real.n === 0) throw new Failure('data', `${from}: expected images; got none`);
  const images = wholeBatches(real, batch ?? real.n);
  const repeated = images.n > real.n ? `, all ${real.n} repeated` : '';
  return { images, from: `${from}${repeated}`, classNames };
}

/** Returns the first images of a split, at most `most`. */
async function firstImages(test: EvaluationImages, most: number): Promise<Images> {
  const parts: Uint8Array[] = [];
  let n = 0;
  for await (const batch of test.batches()) {
    const taken = Math.min(batch.n, most - n);
    parts.push(stackedImages(batch.images, batch.images.length / batch.n, 0, taken));
    n += taken;
    if (n === most) break;
  }
  return { n, images: Buffer.concat(parts) };
}

/** Returns images that fill whole batches: the leading ones or, where they do not fill one batch, all of them repeated. */
function wholeBatches({ n, images }: Images, batch: number): TrialImages {
  const size = images.length / n;
  const wanted = Math.max(batch, n - (n % batch));
  const filled = new Uint8Array(wanted * size);
  for (let at = 0; at < wanted; at += n)
    stackedImages(filled, size, at, wanted).set(stackedImages(images, size, 0, wanted - at));
  return { n: wanted, batch, images: filled };
}

interface RealImages extends Omit<Trial, 'images'> {
  readonly test: EvaluationImages;
}

async function realImages(
  network: Architecture,
  run: FinishedRun | undefined,
  options: ImageOptions,
): Promise<RealImages | undefined> {
  const named = namedSet(options);
  if (named !== undefined) {
    const set = openSet(named);
    requireFit(network, set.manifest.shape, set.manifest.classes);
    const { name, classNames } = set.manifest;
    return { test: splitImages(set.split('test')), from: `test images of ${name}`, classNames };
  }
  if (run === undefined) return undefined;
  const data = await openRunImages(run, 'name images to check on with --dataset RECIPE or --folder DIR');
  return { ...data, from: `test images of ${run.id}` };
}

/** Returns the set that the options name, if any. */
export function namedSet({ dataset, folder }: ImageOptions) {
  if (dataset !== undefined && folder !== undefined) {
    throw new Failure('usage', 'expected --dataset or --folder; got both');
  }
  if (folder !== undefined) return { folder };
  return dataset === undefined ? undefined : { recipe: dataset };
}

function randomImages({ input, name }: Architecture, n: number, batch: number): TrialImages {
  const random = randomStream(`export/${name}`);
  const images = Uint8Array.from({ length: n * inputSize(input) }, () => random.below(256));
  return { n, batch, images };
}
