/** Plans the rows of a distillation set and their shards, a pure function of recipe and images. */
import { Failure } from '#core/failure';
import { permutation, randomStream } from '#core/random';
import { formOf, type ImageSet, type ImageShape, labelsOf } from '#data/images/image-source';
import { imageBytes } from '#data/images/image-stack';
import { type SplitName, splitNames } from '#data/sets/manifest';
import type { TrainImages } from './build-images.js';
import type { BuildRecipe } from './build-recipe.js';
import { type SourceSplit, splitSources } from './build-split.js';

/** A row to build: the index of its source image and the number of the copy. */
export interface PlannedRow {
  readonly source: number;
  readonly replica: number;
  /** Its class, if that is not the source's label. */
  readonly label?: number | undefined;
  /** True for rows of validation and test, which are not augmented. */
  readonly isClean?: boolean | undefined;
}

export interface PlannedShard {
  readonly file: string;
  readonly split: SplitName;
  readonly rows: number;
  /** Returns the planned row at index 0...rows-1 of this shard. */
  at(row: number): PlannedRow;
}

export interface BuildPlan {
  /** Shards in the order in which they are built. */
  readonly shards: readonly PlannedShard[];
}

const mostShards = 1e5;
const mostBytes = 2 ** 30;
const shardBytes = 2 ** 26; // of pixels: few files for small images, files that fit in memory for large ones

/** The train and validation images of a source. */
export function sourceSplit(source: ImageSet, { validation, seed }: BuildRecipe): SourceSplit {
  return splitSources(labelsOf(source.train), formOf(source).classes, validation, seed);
}

/**
 * Plans a build.
 *
 * @param train  the images to augment: the source's train images, or those selected from the recipe's pool; left out
 *               before these are selected, for the number of rows
 */
export function planBuild(
  source: ImageSet,
  recipe: BuildRecipe,
  { train, validation }: { readonly train: TrainImages | undefined; readonly validation: Int32Array },
): BuildPlan {
  const { shape, classes } = formOf(source);
  const perShard = recipe.rowsPerShard ?? Math.min(8192, Math.ceil(shardBytes / imageBytes(shape)));
  const splits: Record<SplitName, PlannedRows> = {
    train: trainRows(recipe, train, classes),
    held: { rows: validation.length, at: (row) => ({ source: validation[row] as number, replica: 0, isClean: true }) },
    test: { rows: source.test.n, at: (row) => ({ source: source.train.n + row, replica: 0, isClean: true }) },
  };
  requireShards(Object.values(splits), perShard, shape);
  const shards = splitNames.flatMap((split) => {
    const { rows, at } = splits[split];
    return Array.from({ length: Math.ceil(rows / perShard) }, (_, i) => ({
      file: `${split}-${String(i).padStart(5, '0')}.arrow`,
      split,
      rows: Math.min(perShard, rows - i * perShard),
      at: (row: number) => at(i * perShard + row),
    }));
  });
  return { shards };
}

/** Refuses more shards than five digits can number, and shards too large to be held in memory several times. */
function requireShards(splits: readonly { readonly rows: number }[], perShard: number, shape: ImageShape): void {
  const most = Math.max(...splits.map(({ rows }) => Math.ceil(rows / perShard)));
  if (most > mostShards) {
    const message = `rowsPerShard: expected at most ${mostShards} shards of a split; got ${most}`;
    throw new Failure('config', message);
  }
  const bytes = Math.max(...splits.map(({ rows }) => Math.min(rows, perShard))) * imageBytes(shape);
  if (bytes > mostBytes) {
    throw new Failure('config', `rowsPerShard: expected shards of at most ${mostBytes} bytes of pixels; got ${bytes}`);
  }
}

interface PlannedRows {
  readonly rows: number;
  readonly at: (row: number) => PlannedRow;
}

function trainRows(
  { replicas, seed, pool }: BuildRecipe,
  train: TrainImages | undefined,
  classes: number,
): PlannedRows {
  if (train !== undefined) return { rows: train.sources.length * replicas, at: replicaMajor(train, replicas, seed) };
  const unknown = () => {
    throw new RangeError('a row of a pool before its selection');
  };
  return { rows: (pool?.perClass ?? 0) * classes * replicas, at: unknown };
}

/**
 * Orders rows by copy: copy 0 of every image, then copy 1, ..., each shuffled, so that every shard is a random mix. An
 * image that is repeated has the copies 0 to replicas - 1, then replicas to 2 replicas - 1, and so on.
 */
function replicaMajor(
  { sources, labels, repeats }: TrainImages,
  replicas: number,
  seed: number,
): (row: number) => PlannedRow {
  let made: { copy: number; order: Uint32Array } | undefined;
  return (row) => {
    const copy = Math.floor(row / sources.length);
    if (made?.copy !== copy) {
      made = { copy, order: permutation(sources.length, randomStream(`${seed}/data/build/${copy}`)) };
    }
    const i = made.order[row % sources.length] as number;
    const replica = (repeats?.[i] ?? 0) * replicas + copy;
    return { source: sources[i] as number, replica, ...(labels && { label: labels[i] }) };
  };
}
