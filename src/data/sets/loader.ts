/** Batches of a distillation set as typed arrays: endless and shuffled for training, in file order for evaluation. */

import { Failure } from '#core/failure';
import { halfValues } from '#core/float16';
import { stackedImages } from '#data/images/image-stack';
import { defaultBudgetBytes, type Split } from './distillation-set.js';
import { type RowPlace, rowOrder } from './order.js';
import type { Mixing, Shard } from './shard.js';

/** Rows of images with their targets; the arrays are new for every batch and belong to the caller. */
export interface Batch {
  readonly n: number;
  /** Raw pixels [n, H, W, C]. */
  readonly images: Uint8Array;
  /** The source's labels [n]; a blend of two images has the label of the larger share. */
  readonly labels: Int32Array;
  /** The image that is mixed into each row, if the set records it. */
  readonly mixing?: Mixing;
  /** The teacher's probabilities [n, K]. */
  readonly soft: Float32Array;
}

/** Batches of a training run by step; any step can be read, so a resumed run needs only its step. */
export interface Batches {
  /** @param following  the next steps; a source that loads in the background starts them */
  at(step: number, following?: readonly number[]): Promise<Batch>;
}

/** Bytes that are shuffled together: a constant, so that the order does not depend on a machine's memory. */
export const windowBytes = 0.75 * defaultBudgetBytes;

export interface BatchOptions {
  readonly seed: number | string;
  /** Rows of every batch; batches continue across the ends of epochs. */
  readonly batch: number;
  readonly windowBytes?: number;
}

/** Shuffled batches, a new permutation each epoch; the rows of a batch depend only on (seed, split, step). */
export function batches(split: Split, { seed, batch, windowBytes: window = windowBytes }: BatchOptions): Batches {
  if (split.rows === 0) throw new Failure('data', `expected rows in the split ${split.name}; got none`);
  const placeAt = rowOrder(split.shards, window, `${seed}/data/${split.name}`);
  return { at: async (step) => gathered(split, batch, (i) => placeAt(step * batch + i)) };
}

/** All rows once, in file order; the last batch may be smaller. */
export function* inOrder(split: Split, batch: number): Generator<Batch> {
  const places = filePlaces(split);
  for (let from = 0; from < split.rows; from += batch) {
    yield gathered(split, Math.min(batch, split.rows - from), () => places.next().value as RowPlace);
  }
}

function* filePlaces({ shards }: Split): Generator<RowPlace> {
  for (const [shard, { rows }] of shards.entries()) for (let row = 0; row < rows; row++) yield { shard, row };
}

function gathered(split: Split, n: number, placeOf: (i: number) => RowPlace): Batch {
  const { imageBytes, classes, mixed } = split.layout;
  const images = new Uint8Array(n * imageBytes);
  const labels = new Int32Array(n);
  const soft = new Float32Array(n * classes);
  const mixing = mixed ? { labels: new Int32Array(n), shares: new Float32Array(n) } : undefined;
  for (let i = 0; i < n; i++) {
    const place = placeOf(i);
    const shard: Shard = split.read(place.shard);
    stackedImages(images, imageBytes, i).set(stackedImages(shard.images, imageBytes, place.row));
    labels[i] = shard.labels[place.row] as number;
    if (mixing !== undefined && shard.mixing !== undefined) {
      mixing.labels[i] = shard.mixing.labels[place.row] as number;
      mixing.shares[i] = shard.mixing.shares[place.row] as number;
    }
    for (let k = 0; k < classes; k++) {
      soft[i * classes + k] = halfValues[shard.soft[place.row * classes + k] as number] as number;
    }
  }
  return { n, images, labels, soft, ...(mixing && { mixing }) };
}
