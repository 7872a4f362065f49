/** Fills one shard with images and soft labels. */
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { stackedImages } from '#data/images/image-stack';
import type { RowLayout, Shard } from '#data/sets/shard';
import { emptySoftLabels, storeSoftLabels } from '#data/sets/soft-labels';
import type { PlannedRow, PlannedShard } from './build-plan.js';
import { checkProbabilities, type Teacher } from './build-teacher.js';
import type { DrawnRows } from './draw-rows.js';

export interface ShardPorts {
  /** Returns the drawn rows of the shard's chunk number `k`. */
  readonly chunk: (k: number) => Promise<DrawnRows>;
  readonly teacher: Teacher;
  /** Returns memory of the given size in bytes for the raw images of the shard. */
  readonly memory: (bytes: number) => Uint8Array;
  /** Called before each chunk with the rows done; may throw to stop. */
  readonly onChunk: (rows: number) => void;
}

/**
 * Images per call of the teacher: fixed for a size of images, since the last bits of its answers may depend on it.
 * Images above 16 KiB come in chunks of about 8 MiB, so that the teacher's memory stays bounded.
 */
export function chunkRows({ imageBytes }: RowLayout): number {
  return imageBytes <= 2 ** 14 ? 512 : Math.max(8, Math.floor(2 ** 23 / imageBytes));
}

/** The rows of a shard's chunk number `k`. */
export function rowsOfChunk({ rows, at }: PlannedShard, layout: RowLayout, k: number): PlannedRow[] {
  const size = chunkRows(layout);
  return Array.from({ length: Math.min(size, rows - k * size) }, (_, i) => at(k * size + i));
}

/** Fills a shard; the teacher sees exactly the pixels that a student will see. */
export async function fillShard(
  { rows, at }: PlannedShard,
  { chunk, teacher, memory, onChunk }: ShardPorts,
  layout: RowLayout,
): Promise<Shard> {
  const { imageBytes, classes, encoded, mixed } = layout;
  const raw = memory(encoded ? 0 : rows * imageBytes);
  const pieces: Uint8Array[] = [];
  const labels = new Int32Array(rows);
  const mixing = { labels: new Int32Array(rows), shares: new Float32Array(rows) };
  const soft = emptySoftLabels(rows, layout);
  const size = chunkRows(layout);
  for (let k = 0, from = 0; from < rows; k++, from += size) {
    await yieldToEvents(); // lets signals in
    onChunk(from);
    const drawn = await chunk(k);
    const n = drawn.labels.length;
    labels.set(drawn.labels, from);
    mixing.labels.set(drawn.mixing.labels, from);
    mixing.shares.set(drawn.mixing.shares, from);
    if (encoded) pieces.push(...drawn.encoded);
    else stackedImages(raw, imageBytes, from, from + n).set(drawn.pixels);
    const probabilities = await teacher.predict(drawn.pixels, n);
    checkProbabilities(probabilities, n, classes, teacher.name);
    storeSoftLabels(soft, from, probabilities, layout);
  }
  const planned = Array.from({ length: rows }, (_, row) => at(row));
  return {
    rows,
    ...(encoded ? joined(pieces) : { images: raw }),
    labels,
    ...soft,
    sources: Int32Array.from(planned, ({ source }) => source),
    replicas: Int32Array.from(planned, ({ replica }) => replica),
    ...(mixed && { mixing }),
  };
}

function joined(pieces: readonly Uint8Array[]): Pick<Shard, 'images' | 'imageOffsets'> {
  const imageOffsets = new Int32Array(pieces.length + 1);
  for (const [i, { length }] of pieces.entries()) imageOffsets[i + 1] = (imageOffsets[i] as number) + length;
  return { images: Buffer.concat(pieces), imageOffsets };
}
