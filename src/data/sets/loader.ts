/** Batches of a distillation set as typed arrays: endless and shuffled for training, in file order for evaluation. */

import { Failure } from '#core/failure';
import { stackedImages } from '#data/images/image-stack';
import { readAhead } from '#data/images/read-ahead';
import { defaultBudgetBytes, type Split } from './distillation-set.js';
import type { OpenShard } from './open-shard.js';
import { fileOrder, type RowPlace, rowOrder } from './order.js';
import type { Mixing } from './shard.js';
import { useSoftLabels } from './soft-labels.js';
import { decodedPixels } from './stored-images.js';

/** Rows of images with their targets; the arrays are new for every batch and belong to the caller. */
export interface Batch {
  readonly n: number;
  /** Raw pixels [n, H, W, C]. */
  readonly images: Uint8Array;
  /** The source's labels [n]; a blend of two images has the label of the larger share. */
  readonly labels: Int32Array;
  /** The image that is mixed into each row, if the set records it. */
  readonly mixing?: Mixing;
  /** The teacher's probabilities [n, K]; each row sums to 1. */
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
  const rowsOf = (step: number) => Array.from({ length: batch }, (_, i) => placeAt(step * batch + i));
  return { at: readAhead((step: number) => gathered(split, rowsOf(step))) };
}

/** All rows once, in file order; the last batch may be smaller. */
export async function* inOrder(split: Split, batch: number): AsyncGenerator<Batch> {
  const placeAt = fileOrder(split.shards);
  const at = readAhead((from: number) => {
    const n = Math.min(batch, split.rows - from);
    return gathered(
      split,
      Array.from({ length: n }, (_, i) => placeAt(from + i)),
    );
  });
  for (let from = 0; from < split.rows; from += batch) {
    const next = from + batch;
    yield await at(from, next < split.rows ? [next] : []);
  }
}

async function gathered(split: Split, places: readonly RowPlace[]): Promise<Batch> {
  const { imageBytes, classes, mixed } = split.layout;
  const n = places.length;
  const batch = {
    n,
    images: new Uint8Array(n * imageBytes),
    labels: new Int32Array(n),
    soft: new Float32Array(n * classes),
    ...(mixed && { mixing: { labels: new Int32Array(n), shares: new Float32Array(n) } }),
  };
  const read = async (rows: readonly number[], shard: number) => {
    const decoding = await split.using(shard, (open) =>
      rows.map((i) => readRow(split, open, (places[i] as RowPlace).row, batch, i)),
    );
    await Promise.all(decoding);
  };
  await Promise.all([...byShard(places)].map(([shard, rows]) => read(rows, shard)));
  return batch;
}

/** The indices of the places in each shard. */
function byShard(places: readonly RowPlace[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [i, { shard }] of places.entries()) {
    const rows = found.get(shard);
    if (rows === undefined) found.set(shard, [i]);
    else rows.push(i);
  }
  return found;
}

/** Copies a row into place `i` of a batch; returns a promise if its image is still being decoded. */
function readRow(
  { layout, shape }: Split,
  open: OpenShard,
  row: number,
  batch: Batch,
  i: number,
): Promise<void> | undefined {
  const { labels, mixing } = open.labels;
  batch.labels[i] = labels[row] as number;
  if (batch.mixing !== undefined && mixing !== undefined) {
    batch.mixing.labels[i] = mixing.labels[row] as number;
    batch.mixing.shares[i] = mixing.shares[row] as number;
  }
  useSoftLabels(open.labels, row, layout, batch.soft.subarray(i * layout.classes, (i + 1) * layout.classes));
  const image = stackedImages(batch.images, layout.imageBytes, i);
  if (!layout.encoded) {
    open.image(row, image);
    return undefined;
  }
  return decodedPixels(open.image(row), shape, `${open.file}: row ${row}`).then((pixels) => image.set(pixels));
}
