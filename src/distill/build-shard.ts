/** The pixels and soft labels of one shard. */
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { type Random, randomStream } from '../core/random.js';
import { augmented } from '../data/augment.js';
import { toHalf } from '../data/float16.js';
import { type ImageSource, imageBytes } from '../data/image-source.js';
import type { Shard } from '../data/shard.js';
import type { PlannedRow, PlannedShard } from './build-plan.js';
import type { BuildRecipe } from './build-recipe.js';
import { checkProbabilities, type Teacher } from './build-teacher.js';

export interface ShardPorts {
  readonly source: ImageSource;
  /** The pixels of a row; borrowed. */
  readonly pixels: (row: PlannedRow) => Uint8Array;
  readonly teacher: Teacher;
  /** Called before each chunk with the rows done; may throw to stop. */
  readonly onChunk: (rows: number) => void;
}

const chunkRows = 512; // judged at a time: fixed, since a teacher's last bits may depend on it

/** Fills a shard; the teacher sees exactly the pixels that are stored. */
export async function fillShard(
  planned: PlannedShard,
  { source, pixels, teacher, onChunk }: ShardPorts,
): Promise<Shard> {
  const size = imageBytes(source.shape);
  const rows = Array.from({ length: planned.rows }, (_, row) => planned.at(row));
  const images = new Uint8Array(rows.length * size);
  const soft = new Uint16Array(rows.length * source.classes);
  for (let from = 0; from < rows.length; from += chunkRows) {
    await yieldToEvents(); // lets signals in
    onChunk(from);
    const chunk = rows.slice(from, from + chunkRows);
    for (const [i, row] of chunk.entries()) images.set(pixels(row), (from + i) * size);
    const shown = images.subarray(from * size, (from + chunk.length) * size);
    const probabilities = await teacher.predict(shown, chunk.length);
    checkProbabilities(probabilities, chunk.length, source.classes, teacher.name);
    soft.set(toHalf(probabilities), from * source.classes);
  }
  const column = (value: (row: PlannedRow) => number) => Int32Array.from(rows, value);
  const labels = column((row) => labelOf(source, row.source));
  const [sources, replicas] = [column((row) => row.source), column((row) => row.replica)];
  return { rows: rows.length, images, labels, soft, sources, replicas };
}

/** The pixels of train rows. Every copy of every image has a random stream of its own; mixed in are train images alone. */
export function augmentedPixels(source: ImageSource, recipe: BuildRecipe, train: Int32Array) {
  const another = (random: Random) => imageOf(source, train[random.below(train.length)] as number);
  return (row: PlannedRow): Uint8Array => {
    const random = randomStream(`${recipe.seed}/data/augment/${row.source}/${row.replica}`);
    return augmented(imageOf(source, row.source), source.shape, recipe.augment, random, another);
  };
}

/** A source image by its index, counted through the train part and on through the test part; borrowed. */
export function imageOf({ shape, train, test }: ImageSource, index: number): Uint8Array {
  const size = imageBytes(shape);
  const [part, at] = index < train.n ? [train, index] : [test, index - train.n];
  return part.images.subarray(at * size, (at + 1) * size);
}

function labelOf({ train, test }: ImageSource, index: number): number {
  return (index < train.n ? train.labels[index] : test.labels[index - train.n]) as number;
}
