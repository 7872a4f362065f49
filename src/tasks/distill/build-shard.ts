/** The pixels and soft labels of one shard. */
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { toHalf } from '#core/float16';
import { type Random, randomStream } from '#core/random';
import { type AugmentedImage, augmented, type LabelledImage } from '#data/images/augment/augment';
import { type ImageSource, imageBytes } from '#data/images/image-source';
import type { Shard } from '#data/sets/shard';
import type { PlannedRow, PlannedShard } from './build-plan.js';
import type { BuildRecipe } from './build-recipe.js';
import { checkProbabilities, type Teacher } from './build-teacher.js';

export interface ShardPorts {
  readonly source: ImageSource;
  /** A row's image; its pixels are borrowed. */
  readonly image: (row: PlannedRow) => AugmentedImage;
  readonly teacher: Teacher;
  /** Called before each chunk with the rows done; may throw to stop. */
  readonly onChunk: (rows: number) => void;
}

const chunkRows = 512; // judged at a time: fixed, since a teacher's last bits may depend on it

/**
 * Fills a shard; the teacher sees exactly the pixels that are stored.
 *
 * @param mixed  whether its rows say what mixup blended into them
 */
export async function fillShard(
  planned: PlannedShard,
  { source, image, teacher, onChunk }: ShardPorts,
  mixed: boolean,
): Promise<Shard> {
  const size = imageBytes(source.shape);
  const rows = Array.from({ length: planned.rows }, (_, row) => planned.at(row));
  const images = new Uint8Array(rows.length * size);
  const labels = new Int32Array(rows.length);
  const mixing = { labels: new Int32Array(rows.length), shares: new Float32Array(rows.length) };
  const soft = new Uint16Array(rows.length * source.classes);
  for (let from = 0; from < rows.length; from += chunkRows) {
    await yieldToEvents(); // lets signals in
    onChunk(from);
    const chunk = rows.slice(from, from + chunkRows);
    for (const [i, row] of chunk.entries()) {
      const { pixels, label, mixedLabel, mixedShare } = image(row);
      images.set(pixels, (from + i) * size);
      labels[from + i] = label;
      mixing.labels[from + i] = mixedLabel;
      mixing.shares[from + i] = mixedShare;
    }
    const shown = images.subarray(from * size, (from + chunk.length) * size);
    const probabilities = await teacher.predict(shown, chunk.length);
    checkProbabilities(probabilities, chunk.length, source.classes, teacher.name);
    soft.set(toHalf(probabilities), from * source.classes);
  }
  const sources = Int32Array.from(rows, (row) => row.source);
  const replicas = Int32Array.from(rows, (row) => row.replica);
  return { rows: rows.length, images, labels, soft, sources, replicas, ...(mixed && { mixing }) };
}

/** The images of train rows. Every copy of every image has a random stream of its own; mixed in are train images alone. */
export function trainImages(source: ImageSource, recipe: BuildRecipe, train: Int32Array) {
  const another = (random: Random) => imageOf(source, train[random.below(train.length)] as number);
  return (row: PlannedRow): AugmentedImage => {
    const random = randomStream(`${recipe.seed}/data/augment/${row.source}/${row.replica}`);
    return augmented(imageOf(source, row.source), source.shape, recipe.augment, random, another);
  };
}

/** The images of held and test rows, as the source has them. */
export function cleanImages(source: ImageSource) {
  return (row: PlannedRow): AugmentedImage => {
    const image = imageOf(source, row.source);
    return { ...image, mixedLabel: image.label, mixedShare: 0 };
  };
}

/** A source image by its index, counted through the train part and on through the test part; borrowed. */
function imageOf({ shape, train, test }: ImageSource, index: number): LabelledImage {
  const size = imageBytes(shape);
  const [part, at] = index < train.n ? [train, index] : [test, index - train.n];
  return { pixels: part.images.subarray(at * size, (at + 1) * size), label: part.labels[at] as number };
}
