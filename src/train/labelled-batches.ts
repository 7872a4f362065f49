/** Batches of labelled images, augmented as they are drawn, with hard labels smoothed. */
import { permutation, type Random, randomStream } from '../core/random.js';
import { type Augmentation, augmented } from '../data/augment.js';
import { type ImageSource, imageBytes } from '../data/image-source.js';
import type { Batch, Batches } from '../data/loader.js';

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
  const imageAt = (index: number) => train.images.subarray(index * size, (index + 1) * size);
  const another = (random: Random) => imageAt(random.below(train.n));
  const orderOf = lastOnly((epoch: number) => permutation(train.n, randomStream(`${seed}/data/epoch/${epoch}`)));
  return {
    at(step): Batch {
      const random = randomStream(`${seed}/data/augment/${step}`);
      const images = new Uint8Array(batch * size);
      const labels = new Int32Array(batch);
      for (let i = 0; i < batch; i++) {
        const drawn = step * batch + i;
        const index = orderOf(Math.floor(drawn / train.n))[drawn % train.n] as number;
        images.set(augmented(imageAt(index), shape, augment, random, another), i * size);
        labels[i] = train.labels[index] as number;
      }
      return { n: batch, images, labels, soft: smoothed(labels, classes, labelSmoothing) };
    },
  };
}

/** One-hot rows [n, classes] with a share spread evenly over all classes. Szegedy et al. 2016, arXiv:1512.00567. */
export function smoothed(labels: ArrayLike<number>, classes: number, share: number): Float32Array {
  const soft = new Float32Array(labels.length * classes).fill(share / classes);
  for (let i = 0; i < labels.length; i++) {
    const at = i * classes + (labels[i] as number);
    soft[at] = (soft[at] as number) + 1 - share;
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
