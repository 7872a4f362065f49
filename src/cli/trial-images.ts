/** The images that an export is checked on. */
import { Failure } from '../core/failure.js';
import { randomStream } from '../core/random.js';
import { openSet } from '../data/built-set.js';
import type { TrialImages } from '../export/exporter.js';
import type { Architecture } from '../space/space.js';
import { type EvaluationImages, splitImages } from '../train/evaluate.js';
import { type FinishedRun, openRunImages } from '../train/finished-run.js';
import { requireFit } from '../train/start-training.js';

export interface ImageOptions {
  /** The recipe of a built set. */
  readonly dataset?: string;
  /** The folder of one. */
  readonly folder?: string;
}

export interface Trial {
  readonly images: TrialImages;
  /** What they are, in words. */
  readonly from: string;
  /** Undefined of random ones. */
  readonly classNames: readonly string[] | undefined;
}

const wanted = 16; // images

/** Test images of the set that is named, else of the run's data, else random ones; `batch` at a time where that is fixed. */
export function trialImages(
  network: Architecture,
  run: FinishedRun | undefined,
  options: ImageOptions,
  batch = wanted,
): Trial {
  const n = Math.max(batch, wanted - (wanted % batch));
  const found = realImages(network, run, options);
  if (found === undefined)
    return { images: randomImages(network, n, batch), from: 'random images', classNames: undefined };
  const [first] = found.test.batches();
  if (first === undefined || first.n < n) throw new Failure('data', `${found.from}: expected ${n} images; got fewer`);
  const images = first.images.subarray(0, (n * first.images.length) / first.n);
  return { ...found, images: { n, batch, images } };
}

interface RealImages extends Omit<Trial, 'images'> {
  readonly test: EvaluationImages;
}

function realImages(
  network: Architecture,
  run: FinishedRun | undefined,
  { dataset, folder }: ImageOptions,
): RealImages | undefined {
  if (dataset !== undefined && folder !== undefined) {
    throw new Failure('usage', 'expected --dataset or --folder; got both');
  }
  if (dataset !== undefined || folder !== undefined) {
    const set = openSet(dataset === undefined ? { folder: folder as string } : { recipe: dataset });
    requireFit(network, set.manifest.shape, set.manifest.classes);
    const { name, classNames } = set.manifest;
    return { test: splitImages(set.split('test')), from: `test images of ${name}`, classNames };
  }
  if (run === undefined) return undefined;
  const data = openRunImages(run, 'name images to check on with --dataset RECIPE or --folder DIR');
  return { ...data, from: `test images of ${run.id}` };
}

function randomImages({ input, name }: Architecture, n: number, batch: number): TrialImages {
  const random = randomStream(`export/${name}`);
  const images = Uint8Array.from({ length: n * input.resolution ** 2 * input.channels }, () => random.below(256));
  return { n, batch, images };
}
