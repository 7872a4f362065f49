/** Fills one shard with pixels and soft labels. */
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { toHalf } from '#core/float16';
import { type Random, randomStream } from '#core/random';
import { type AugmentedImage, augmented, type LabelledImage } from '#data/images/augment/augment';
import { plainView } from '#data/images/fit';
import type { ImageForm, ImageSet } from '#data/images/image-source';
import { imageBytes, stackedImages } from '#data/images/image-stack';
import type { Shard } from '#data/sets/shard';
import type { PlannedRow, PlannedShard } from './build-plan.js';
import type { BuildRecipe } from './build-recipe.js';
import { checkProbabilities, type Teacher } from './build-teacher.js';

export interface ShardPorts {
  readonly form: ImageForm;
  /** Loads and augments a row's image; its pixels are borrowed. */
  readonly draw: (row: PlannedRow) => Promise<AugmentedImage>;
  readonly teacher: Teacher;
  /** Called before each chunk with the rows done; may throw to stop. */
  readonly onChunk: (rows: number) => void;
}

const chunkRows = 512; // images per teacher call: fixed, since the last bits of its answers may depend on it

/**
 * Fills a shard; the teacher sees exactly the pixels that are stored.
 *
 * @param mixed  true if its rows record the image that is mixed into them
 */
export async function fillShard(
  planned: PlannedShard,
  { form: { shape, classes }, draw, teacher, onChunk }: ShardPorts,
  mixed: boolean,
): Promise<Shard> {
  const size = imageBytes(shape);
  const rows = Array.from({ length: planned.rows }, (_, row) => planned.at(row));
  const images = new Uint8Array(rows.length * size);
  const labels = new Int32Array(rows.length);
  const mixing = { labels: new Int32Array(rows.length), shares: new Float32Array(rows.length) };
  const soft = new Uint16Array(rows.length * classes);
  for (let from = 0; from < rows.length; from += chunkRows) {
    await yieldToEvents(); // lets signals in
    onChunk(from);
    const chunk = rows.slice(from, from + chunkRows);
    const fill = async (row: PlannedRow, i: number) => {
      const { image, label, mixedLabel, mixedShare } = await draw(row);
      stackedImages(images, size, from + i).set(image.pixels);
      labels[from + i] = label;
      mixing.labels[from + i] = mixedLabel;
      mixing.shares[from + i] = mixedShare;
    };
    await Promise.all(chunk.map(fill));
    const shown = stackedImages(images, size, from, from + chunk.length);
    const probabilities = await teacher.predict(shown, chunk.length);
    checkProbabilities(probabilities, chunk.length, classes, teacher.name);
    soft.set(toHalf(probabilities), from * classes);
  }
  const sources = Int32Array.from(rows, (row) => row.source);
  const replicas = Int32Array.from(rows, (row) => row.replica);
  return { rows: rows.length, images, labels, soft, sources, replicas, ...(mixed && { mixing }) };
}

/**
 * Returns a function that draws the image of a train row. Each copy of each image has a separate random stream; only
 * train images are mixed in.
 */
export function trainImages(source: ImageSet, recipe: BuildRecipe, train: Int32Array) {
  const another = (random: Random) => imageOf(source, train[random.below(train.length)] as number);
  return async (row: PlannedRow): Promise<AugmentedImage> => {
    const random = randomStream(`${recipe.seed}/data/augment/${row.source}/${row.replica}`);
    return augmented(await imageOf(source, row.source), recipe.augment, random, { another, fit: source.fit });
  };
}

/** Returns a function that loads the image of a validation or test row, without augmentation. */
export function cleanImages(source: ImageSet) {
  return async (row: PlannedRow): Promise<AugmentedImage> => {
    const { image, label } = await imageOf(source, row.source);
    return { image: await plainView(image, source.fit), label, mixedLabel: label, mixedShare: 0 };
  };
}

/** Loads a source image by its index, which counts through the train part, then the test part. */
async function imageOf({ train, test }: ImageSet, index: number): Promise<LabelledImage> {
  const [part, at] = index < train.n ? [train, index] : [test, index - train.n];
  return { image: await part.load(at), label: part.label(at) };
}
