/**
 * Builds an offline distillation set: each image is augmented and shown to the teacher once; trainings only read the
 * result.
 */
import { join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { Failure } from '#core/failure';
import { sha256, writeAtomically } from '#core/files/files';
import type { ImageForm } from '#data/images/image-source';
import { readAhead } from '#data/images/read-ahead';
import { readShard } from '#data/sets/distillation-set';
import { formatManifest, type Manifest, manifestName, type ShardEntry, type SplitName } from '#data/sets/manifest';
import { correctRows, type RowLayout, shardPieces } from '#data/sets/shard';
import { type BuildIdentity, buildIdentity } from './build-identity.js';
import { buildImages } from './build-images.js';
import { type BuildJournal, openJournal } from './build-journal.js';
import { type PlannedShard, planBuild, sourceSplit } from './build-plan.js';
import type { BuildRecipe } from './build-recipe.js';
import type { BuildRequest } from './build-request.js';
import { chunkRows, fillShard, rowsOfChunk } from './build-shard.js';
import type { Teacher } from './build-teacher.js';
import { type DrawRows, rowDrawer } from './draw-rows.js';
import { startDrawing } from './drawing-threads.js';
import { poolTrainImages } from './pool-images.js';
import { storageOf } from './storage.js';

/**
 * Builds a set, or the missing part of one: complete shards of an earlier attempt are kept, so that an interrupted
 * build resumes, a damaged shard is rebuilt, and the result always has the same bytes.
 */
export async function buildDistillationSet(request: BuildRequest): Promise<Manifest> {
  const { source, recipe, teacher, pool, to, shouldStop } = request;
  const images = buildImages(source, pool?.source);
  const storage = storageOf(recipe, images.form);
  const split = sourceSplit(source, recipe);
  planBuild(source, recipe, { ...split, train: pool === undefined ? { sources: split.train } : undefined }); // its limits
  const identity = await buildIdentity(request, storage);
  const journal = openJournal(to, identity);
  const stopIfAsked = (where: string) => {
    if (shouldStop?.()) throw new Failure('stopped', `stopped on request in ${where}`, 'run it again to resume');
  };
  const train =
    pool === undefined
      ? { sources: split.train }
      : await poolTrainImages(request, { pool, images, split, journal, identity, stopIfAsked });
  const { shards } = planBuild(source, recipe, { ...split, train });
  const settings = { seed: recipe.seed, augment: recipe.augment, train, encoding: storage.encoding };
  const { threads = 1 } = request;
  const drawing = threads > 1 ? startDrawing(threads, images, settings) : undefined;
  try {
    const draw = drawing?.draw ?? rowDrawer(images, settings);
    const entries = await builtShards(request, { shards, journal, draw, layout: storage.layout, teacher, stopIfAsked });
    const accuracy = testAccuracy(to, entries, storage.layout);
    const manifest = describe(identity, journal, source.classNames, images.form, entries, accuracy);
    writeAtomically(join(to, manifestName), formatManifest(manifest));
    journal.close();
    return manifest;
  } finally {
    await drawing?.end();
  }
}

interface Building {
  readonly shards: readonly PlannedShard[];
  readonly journal: BuildJournal;
  readonly draw: DrawRows;
  readonly layout: RowLayout;
  readonly teacher: Teacher;
  readonly stopIfAsked: (where: string) => void;
}

/** Builds the missing shards in order; the rows of the next chunks are drawn while the teacher sees one. */
async function builtShards({ to, onProgress }: BuildRequest, building: Building): Promise<ShardEntry[]> {
  const { shards, journal, draw, layout, teacher, stopIfAsked } = building;
  const present = new Map<string, ShardEntry | undefined>();
  for (const { file } of shards) {
    await yieldToEvents(); // lets signals in
    present.set(file, journal.built(file));
  }
  const chunks = shards
    .filter(({ file }) => present.get(file) === undefined)
    .flatMap((shard) => Array.from({ length: Math.ceil(shard.rows / chunkRows(layout)) }, (_, k) => ({ shard, k })));
  const ahead = readAhead((i: number) => {
    const { shard, k } = chunks[i] as (typeof chunks)[number];
    return draw(rowsOfChunk(shard, layout, k));
  });
  let next = 0;
  const nextChunk = () => {
    const i = next++;
    return ahead(
      i,
      [i + 1, i + 2].filter((later) => later < chunks.length),
    );
  };
  const of = shards.reduce((sum, { rows }) => sum + rows, 0);
  const entries: ShardEntry[] = [];
  let [done, kept] = [0, 0];
  const memory = sameMemory();
  for (const planned of shards) {
    const { file, split, rows } = planned;
    const onChunk = (chunkRows: number) => {
      onProgress?.({ part: split, rows: done + chunkRows, of, kept });
      stopIfAsked(file);
    };
    let entry = present.get(file);
    if (entry === undefined) {
      const shard = await fillShard(planned, { chunk: nextChunk, teacher, memory, onChunk }, layout);
      const pieces = await shardPieces(shard, layout);
      writeAtomically(join(to, file), ...pieces);
      const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
      entry = { file, split, rows, bytes, sha256: sha256(...pieces) };
      journal.add(entry);
    } else kept += rows;
    entries.push(entry);
    done += rows;
    onProgress?.({ part: split, rows: done, of, kept });
  }
  return entries;
}

/** Returns a function that gives the same memory each time, enlarged if need be: one shard's pixels at a time. */
function sameMemory(): (bytes: number) => Uint8Array {
  let memory = new Uint8Array(0);
  return (bytes) => {
    if (memory.length < bytes) memory = new Uint8Array(bytes);
    return memory.subarray(0, bytes);
  };
}

/** The teacher's accuracy on the stored test pixels, from the stored probabilities. */
function testAccuracy(folder: string, entries: readonly ShardEntry[], layout: RowLayout): number {
  let [correct, rows] = [0, 0];
  for (const entry of entries) {
    if (entry.split !== 'test') continue;
    correct += correctRows(readShard(folder, entry, layout), layout);
    rows += entry.rows;
  }
  return correct / rows;
}

function describe(
  { pool, images, softLabels, ...identity }: BuildIdentity,
  journal: BuildJournal,
  classNames: readonly string[],
  { shape, classes }: ImageForm,
  shards: ShardEntry[],
  accuracy: number,
): Manifest {
  const rowsOf = (name: SplitName) => shards.reduce((sum, { split, rows }) => (split === name ? sum + rows : sum), 0);
  const selection = journal.selection();
  return {
    version: identity.version,
    name: identity.name,
    classes,
    classNames: [...classNames],
    shape: [...shape],
    source: identity.source,
    recipe: identity.recipe,
    teacher: { ...identity.teacher, testAccuracy: accuracy },
    seed: identity.seed,
    ...(identity.mixedLabels && { mixedLabels: true as const }),
    ...(images && { images }),
    ...(softLabels && { softLabels }),
    ...(pool && selection && { pool: { ...pool, selection } }),
    replicas: (identity.recipe as BuildRecipe).replicas,
    splits: { train: rowsOf('train'), held: rowsOf('held'), test: rowsOf('test') },
    shards,
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
