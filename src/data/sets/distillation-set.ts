/** A finished distillation set: its manifest, and its shards, which open when they are first needed. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnostic, Failure } from '#core/failure';
import { readBytes, sha256, statsOf, systemProblem } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import type { ImageShape } from '#data/images/image-source';
import { imageBytes } from '#data/images/image-stack';
import { type Manifest, readManifest, type ShardEntry, type SplitName } from './manifest.js';
import { type OpenShard, openShard } from './open-shard.js';
import { type OpenShards, openShards } from './open-shards.js';
import { decodeShard, type RowLayout, rowBytes, type Shard } from './shard.js';

export interface DistillationSet {
  readonly folder: string;
  readonly manifest: Manifest;
  split(name: SplitName): Split;
}

/** The rows of one split, shard by shard. */
export interface Split {
  readonly name: SplitName;
  readonly rows: number;
  readonly shape: ImageShape;
  readonly layout: RowLayout;
  readonly shards: readonly ShardEntry[];
  /** Calls `work` with a shard, by its index in `shards`; each opening compares the SHA-256 with the manifest's. */
  using<T>(shard: number, work: (shard: OpenShard) => T): Promise<T>;
}

/** Bytes of the shards that one set keeps open; the loader shuffles three quarters of this at a time. */
export const defaultBudgetBytes = 2 ** 30;

/** Opens a set without reading shards; reports all shards that are missing or of another size in one data failure. */
export function openDistillationSet(folder: string, budgetBytes = defaultBudgetBytes): DistillationSet {
  const manifest = readManifest(folder);
  const layout = rowLayout(manifest);
  const missing = manifest.shards.flatMap((entry) => sizeProblem(folder, entry, layout) ?? []);
  if (missing.length > 0) throw new Failure('data', missing, rebuildRemedy(folder));
  const largest = Math.max(...manifest.shards.map(({ bytes }) => bytes));
  const shards = openShards(opener(folder, layout, largest), budgetBytes);
  return { folder, manifest, split: (name) => split(name, manifest, layout, shards) };
}

export function rowLayout({ shape, classes, mixedLabels: mixed, images, softLabels }: Manifest): RowLayout {
  const encoded = images !== undefined && images.stored !== 'raw';
  return { imageBytes: imageBytes(shape), classes, mixed, ...(encoded && { encoded }), ...softLabels };
}

function split(name: SplitName, manifest: Manifest, layout: RowLayout, open: OpenShards): Split {
  const shards = manifest.shards.filter((entry) => entry.split === name);
  const rows = shards.reduce((sum, entry) => sum + entry.rows, 0);
  const using: Split['using'] = (shard, work) => open.using(shards[shard] as ShardEntry, work);
  return { name, rows, shape: manifest.shape, layout, shards, using };
}

function sizeProblem(folder: string, { file, rows, bytes }: ShardEntry, layout: RowLayout): Diagnostic | undefined {
  const path = join(folder, file);
  const found = statsOf(path);
  if (found === undefined) return { file: path, message: `expected a shard of ${bytes} bytes; got no such file` };
  if (found.size !== bytes) return { file: path, message: `expected ${bytes} bytes; got ${found.size}` };
  const most = Math.floor(bytes / rowBytes(layout));
  return rows <= most
    ? undefined
    : { file: path, message: `expected at most ${most} rows in ${bytes} bytes; got ${rows}` };
}

/** Reads one shard; bytes that do not hash to the manifest's SHA-256 are refused with a data failure. */
export function readShard(folder: string, entry: ShardEntry, layout: RowLayout): Shard {
  return checkedShard(folder, entry, layout, readBytes(join(folder, entry.file), rebuildRemedy(folder)));
}

function checkedShard(folder: string, entry: ShardEntry, layout: RowLayout, bytes: Uint8Array): Shard {
  const file = join(folder, entry.file);
  const got = sha256(bytes);
  if (got !== entry.sha256) {
    throw dataFailure(
      file,
      `expected SHA-256 ${entry.sha256}; got ${got}: the shard is damaged`,
      rebuildRemedy(folder),
    );
  }
  const shard = decodeShard(bytes, layout, file);
  if (shard.rows !== entry.rows) throw dataFailure(file, `expected ${entry.rows} rows; got ${shard.rows}`);
  return shard;
}

/** Opens shards one after the other; all are read into the same memory, `largest` bytes. */
function opener(folder: string, layout: RowLayout, largest: number): (entry: ShardEntry) => Promise<OpenShard> {
  let memory: Uint8Array | undefined;
  return async (entry) => {
    memory ??= new Uint8Array(largest);
    const file = join(folder, entry.file);
    const bytes = memory.subarray(0, entry.bytes);
    await readInto(file, bytes, rebuildRemedy(folder));
    return openShard(file, bytes, checkedShard(folder, entry, layout, bytes), layout);
  };
}

/** Fills an array with the first bytes of a file in the background. */
async function readInto(file: string, bytes: Uint8Array, remedy: string): Promise<void> {
  try {
    const handle = await open(file);
    try {
      let read = 0;
      for (let more = 1; more > 0; read += more)
        ({ bytesRead: more } = await handle.read(bytes, read, bytes.length - read));
      bytes.fill(0, read); // of a file that became shorter, which its SHA-256 reveals
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Failure('data', { file, message: `expected a readable file; got ${systemProblem(error)}` }, remedy);
  }
}

function rebuildRemedy(folder: string): string {
  return `run the \`mnv4-nas dataset build\` of ${folder} again: it rebuilds damaged and missing shards`;
}
