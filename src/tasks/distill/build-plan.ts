/** Plans the rows of a distillation set and their shards, a pure function of recipe and images. */
import { Failure } from '#core/failure';
import { permutation, randomStream } from '#core/random';
import { formOf, type ImageSet, type ImageShape, labelsOf } from '#data/images/image-source';
import { imageBytes } from '#data/images/image-stack';
import { type SplitName, splitNames } from '#data/sets/manifest';
import type { BuildRecipe } from './build-recipe.js';
import { splitSources } from './build-split.js';

/** A row to build: the index of its source image and the number of the copy. */
export interface PlannedRow {
  readonly source: number;
  readonly replica: number;
}

export interface PlannedShard {
  readonly file: string;
  readonly split: SplitName;
  readonly rows: number;
  /** Returns the planned row at index 0...rows-1 of this shard. */
  at(row: number): PlannedRow;
}

export interface BuildPlan {
  /** Indices of the source images in the train split. */
  readonly train: Int32Array;
  /** Shards in the order in which they are built. */
  readonly shards: readonly PlannedShard[];
}

const mostShards = 1e5;
const mostBytes = 2 ** 30;
const shardBytes = 2 ** 26; // of pixels: few files for small images, files that fit in memory for large ones

export function planBuild(source: ImageSet, recipe: BuildRecipe): BuildPlan {
  const { shape, classes } = formOf(source);
  const perShard = recipe.rowsPerShard ?? Math.min(8192, Math.ceil(shardBytes / imageBytes(shape)));
  const { train, validation } = splitSources(labelsOf(source.train), classes, recipe.validation, recipe.seed);
  const splits: Record<SplitName, { rows: number; at: (row: number) => PlannedRow }> = {
    train: { rows: train.length * recipe.replicas, at: replicaMajor(train, recipe.seed) },
    held: { rows: validation.length, at: (row) => ({ source: validation[row] as number, replica: 0 }) },
    test: { rows: source.test.n, at: (row) => ({ source: source.train.n + row, replica: 0 }) },
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
  return { train, shards };
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

/** Orders rows by copy: copy 0 of every image, then copy 1, ..., each shuffled, so that every shard is a random mix. */
function replicaMajor(sources: Int32Array, seed: number): (row: number) => PlannedRow {
  let made: { replica: number; order: Uint32Array } | undefined;
  return (row) => {
    const replica = Math.floor(row / sources.length);
    if (made?.replica !== replica) {
      made = { replica, order: permutation(sources.length, randomStream(`${seed}/data/build/${replica}`)) };
    }
    return { source: sources[made.order[row % sources.length] as number] as number, replica };
  };
}
