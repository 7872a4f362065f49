/** Batches of augmented images with hard labels, which are mixed like the images and smoothed. */
import { permutation, type Random, randomStream } from '#core/random';
import { type Augmentation, applied, type Drawn, drawn } from '#data/images/augment/augment';
import { formOf, type ImageSet } from '#data/images/image-source';
import { imageBytes, putPixels, stackedImages } from '#data/images/image-stack';
import { readAhead } from '#data/images/read-ahead';
import type { Batch, Batches } from './loader.js';
import type { Mixing } from './shard.js';

export interface LabelledBatchOptions {
  readonly seed: number;
  readonly batch: number;
  readonly augment: Augmentation;
  readonly labelSmoothing: number;
}

/** Shuffled batches of a set's train part; a batch's content depends only on the seed and the step. */
export function labelledBatches(source: ImageSet, options: LabelledBatchOptions): Batches {
  const { seed, batch, augment, labelSmoothing } = options;
  const { train, fit } = source;
  const { shape, classes } = formOf(source);
  const size = imageBytes(shape);
  const imageAt = async (index: number) => ({ image: await train.load(index), label: train.label(index) });
  const another = (random: Random) => imageAt(random.below(train.n));
  const orderOf = lastOnly((epoch: number) => permutation(train.n, randomStream(`${seed}/data/epoch/${epoch}`)));
  const make = async (step: number): Promise<Batch> => {
    const random = randomStream(`${seed}/data/augment/${step}`);
    const positions = Array.from({ length: batch }, (_, i) => step * batch + i);
    const indices = positions.map((position) => orderOf(Math.floor(position / train.n))[position % train.n] as number);
    const draws: Drawn[] = [];
    for (const one of await Promise.all(indices.map(imageAt))) {
      draws.push(await drawn(one, augment, random, { another, fit })); // in order, from one stream
    }
    const images = new Uint8Array(batch * size);
    const labels = new Int32Array(batch);
    const mixing = { labels: new Int32Array(batch), shares: new Float32Array(batch) };
    const fill = async (draw: Drawn, i: number) => {
      const into = stackedImages(images, size, i);
      const { image, label, mixedLabel, mixedShare } = await applied(draw, fit, into);
      putPixels(image.pixels, into);
      labels[i] = label;
      mixing.labels[i] = mixedLabel;
      mixing.shares[i] = mixedShare;
    };
    await Promise.all(draws.map(fill));
    return { n: batch, images, labels, soft: smoothed(labels, classes, labelSmoothing, mixing) };
  };
  return { at: train.inMemory ? make : readAhead(make) };
}

/**
 * Target rows [n, classes]: one-hot, or the blend of two one-hot rows where two images are blended, with a share of
 * each spread evenly over all classes. Szegedy et al. 2016, arXiv:1512.00567; Zhang et al., "mixup" (arXiv:1710.09412).
 */
export function smoothed(labels: ArrayLike<number>, classes: number, share: number, mixing?: Mixing): Float32Array {
  const soft = new Float32Array(labels.length * classes).fill(share / classes);
  for (let i = 0; i < labels.length; i++) {
    const mixed = (mixing?.shares[i] ?? 0) * (1 - share);
    const at = i * classes + (labels[i] as number);
    soft[at] = (soft[at] as number) + 1 - share - mixed;
    if (mixed === 0) continue;
    const other = i * classes + (mixing?.labels[i] as number);
    soft[other] = (soft[other] as number) + mixed;
  }
  return soft;
}

function lastOnly<T>(make: (key: number) => T): (key: number) => T {
  let last: { key: number; value: T } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}
