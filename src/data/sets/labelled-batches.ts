/** Batches of labelled images, augmented as they are drawn, with hard labels mixed as the images are, and smoothed. */
import { permutation, type Random, randomStream } from '#core/random';
import { type Augmentation, augmented } from '#data/images/augment/augment';
import { type ImageSource, imageBytes } from '#data/images/image-source';
import type { Batch, Batches } from './loader.js';
import type { Mixing } from './shard.js';

export interface LabelledBatchOptions {
  readonly seed: number;
  readonly batch: number;
  readonly augment: Augmentation;
  readonly labelSmoothing: number;
}

/** Shuffled batches of a source's train part; what a batch holds depends on the seed and its step alone. */
export function labelledBatches(source: ImageSource, options: LabelledBatchOptions): Batches {
  const { seed, batch, augment, labelSmoothing } = options;
  const { train, classes, shape } = source;
  const size = imageBytes(shape);
  const imageAt = (index: number) => {
    const pixels = train.images.subarray(index * size, (index + 1) * size);
    return { pixels, label: train.labels[index] as number };
  };
  const another = (random: Random) => imageAt(random.below(train.n));
  const orderOf = lastOnly((epoch: number) => permutation(train.n, randomStream(`${seed}/data/epoch/${epoch}`)));
  return {
    at(step): Batch {
      const random = randomStream(`${seed}/data/augment/${step}`);
      const images = new Uint8Array(batch * size);
      const labels = new Int32Array(batch);
      const mixing = { labels: new Int32Array(batch), shares: new Float32Array(batch) };
      for (let i = 0; i < batch; i++) {
        const drawn = step * batch + i;
        const index = orderOf(Math.floor(drawn / train.n))[drawn % train.n] as number;
        const { pixels, label, mixedLabel, mixedShare } = augmented(imageAt(index), shape, augment, random, another);
        images.set(pixels, i * size);
        labels[i] = label;
        mixing.labels[i] = mixedLabel;
        mixing.shares[i] = mixedShare;
      }
      return { n: batch, images, labels, soft: smoothed(labels, classes, labelSmoothing, mixing) };
    },
  };
}

/**
 * Rows [n, classes] that are one-hot, or the blend of two such where images are, with a share of each spread evenly over
 * all classes. Szegedy et al. 2016, arXiv:1512.00567; Zhang et al., "mixup" (arXiv:1710.09412).
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
