/** Estimates the rows, bytes and time of a build from a sample of its rows, without writing anything. */
import { readAhead } from '#data/images/read-ahead';
import { type SplitName, splitNames } from '#data/sets/manifest';
import { encodeShard } from '#data/sets/shard';
import { buildImages } from './build-images.js';
import { type PlannedShard, planBuild, sourceSplit } from './build-plan.js';
import type { BuildRequest } from './build-request.js';
import { chunkRows, fillShard, rowsOfChunk } from './build-shard.js';
import { rowDrawer } from './draw-rows.js';
import { startDrawing } from './drawing-threads.js';
import { storageOf } from './storage.js';

export interface BuildEstimate {
  readonly splits: Readonly<Record<SplitName, number>>;
  readonly rows: number;
  readonly shards: number;
  /** Bytes of all shards. */
  readonly bytes: number;
  /** Images of a pool that the selector sees first; 0 without a pool. */
  readonly poolImages: number;
  readonly rowsPerSecond: number;
  /** Time of the build, after the teachers are trained. */
  readonly seconds: number;
  /** Rows that were drawn and shown to the teacher for this estimate. */
  readonly sample: number;
}

const sampleChunks = 4; // the first one is not timed

/**
 * Estimates a build: draws a few hundred train rows as the build does, shows them to the teacher and encodes them. For
 * a pool the rows are those of the source instead, and its images are taken to cost as much as a row each.
 */
export async function estimateBuild(request: Omit<BuildRequest, 'to'>): Promise<BuildEstimate> {
  const { source, recipe, teacher, pool, threads = 1 } = request;
  const images = buildImages(source);
  const { layout, encoding } = storageOf(recipe, images.form);
  const split = sourceSplit(source, recipe);
  const train = { sources: split.train };
  const { shards } = planBuild(source, recipe, { ...split, train: pool === undefined ? train : undefined });
  const drawn = planBuild(source, { ...recipe, rowsPerShard: undefined }, { ...split, train }).shards;
  const settings = { seed: recipe.seed, augment: recipe.augment, train, encoding };
  const drawing = threads > 1 ? startDrawing(threads, images, settings) : undefined;
  const sample = sampled(drawn[0] as PlannedShard, sampleChunks * chunkRows(layout));
  try {
    const draw = drawing?.draw ?? rowDrawer(images, settings);
    const ahead = readAhead((k: number) => draw(rowsOfChunk(sample, layout, k)));
    const chunks = Math.ceil(sample.rows / chunkRows(layout));
    let start = performance.now();
    let untimed = 0;
    const onChunk = (rows: number) => {
      if (rows > chunkRows(layout) || rows === 0) return;
      [start, untimed] = [performance.now(), rows];
    };
    const chunk = (k: number) =>
      ahead(
        k,
        [k + 1, k + 2].filter((later) => later < chunks),
      );
    const memory = (size: number) => new Uint8Array(size);
    const bytes = encodeShard(await fillShard(sample, { chunk, teacher, memory, onChunk }, layout), layout).length;
    const rowsPerSecond = (1000 * (sample.rows - untimed)) / (performance.now() - start);
    return projected(shards, {
      bytesPerRow: bytes / sample.rows,
      rowsPerSecond,
      poolImages: pool?.source.train.n ?? 0,
      sample: sample.rows,
    });
  } finally {
    await drawing?.end();
  }
}

function sampled(shard: PlannedShard, rows: number): PlannedShard {
  return { ...shard, rows: Math.min(shard.rows, rows) };
}

interface Measured extends Pick<BuildEstimate, 'rowsPerSecond' | 'poolImages' | 'sample'> {
  readonly bytesPerRow: number;
}

function projected(shards: readonly PlannedShard[], { bytesPerRow, ...measured }: Measured): BuildEstimate {
  const rowsOf = (name?: SplitName) =>
    shards.reduce((sum, { split, rows }) => (name === undefined || split === name ? sum + rows : sum), 0);
  const splits = Object.fromEntries(splitNames.map((name) => [name, rowsOf(name)])) as Record<SplitName, number>;
  const rows = rowsOf();
  const seconds = (rows + measured.poolImages) / measured.rowsPerSecond;
  return { splits, rows, shards: shards.length, bytes: Math.round(rows * bytesPerRow), seconds, ...measured };
}
