/**
 * A finished distillation set: its manifest, and its shards, read when first needed and cached within a byte budget.
 */
import { join } from 'node:path';
import { type Diagnostic, Failure } from '#core/failure';
import { readBytes, sha256, statsOf } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { imageBytes } from '#data/images/image-stack';
import { type Manifest, readManifest, type ShardEntry, type SplitName } from './manifest.js';
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
  readonly layout: RowLayout;
  readonly shards: readonly ShardEntry[];
  /** A shard by its index in `shards`; each read from disk compares the SHA-256 with the manifest's. */
  read(shard: number): Shard;
}

/** Bytes of shards that one set caches; the loader shuffles three quarters of this at a time. */
export const defaultBudgetBytes = 2 ** 30;

/** Opens a set without reading shards; reports all shards that are missing or of another size in one data failure. */
export function openDistillationSet(folder: string, budgetBytes = defaultBudgetBytes): DistillationSet {
  const manifest = readManifest(folder);
  const layout = rowLayout(manifest);
  const missing = manifest.shards.flatMap((entry) => sizeProblem(folder, entry, layout) ?? []);
  if (missing.length > 0) throw new Failure('data', missing, rebuildRemedy(folder));
  const read = rememberShards((entry) => readShard(folder, entry, layout), budgetBytes);
  return { folder, manifest, split: (name) => split(name, manifest, layout, read) };
}

export function rowLayout(manifest: Manifest): RowLayout {
  const { shape, classes, mixedLabels: mixed } = manifest;
  return { imageBytes: imageBytes(shape), classes, mixed };
}

function split(name: SplitName, manifest: Manifest, layout: RowLayout, read: (entry: ShardEntry) => Shard): Split {
  const shards = manifest.shards.filter((entry) => entry.split === name);
  const rows = shards.reduce((sum, entry) => sum + entry.rows, 0);
  return { name, rows, layout, shards, read: (shard) => read(shards[shard] as ShardEntry) };
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
  const file = join(folder, entry.file);
  const bytes = readBytes(file, rebuildRemedy(folder));
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

function rebuildRemedy(folder: string): string {
  return `run the \`mnv4-nas dataset build\` of ${folder} again: it rebuilds damaged and missing shards`;
}

/** Caches the most recently used shards whose files fit into the budget; the latest is always cached. */
function rememberShards(read: (entry: ShardEntry) => Shard, budgetBytes: number): (entry: ShardEntry) => Shard {
  const kept = new Map<ShardEntry, Shard>();
  let keptBytes = 0;
  return (entry) => {
    const known = kept.get(entry);
    const shard = known ?? read(entry);
    if (known === undefined) keptBytes += entry.bytes;
    kept.delete(entry); // a Map keeps insertion order, so the first entry is the least recently used
    kept.set(entry, shard);
    for (const oldest of kept.keys()) {
      if (keptBytes <= budgetBytes || oldest === entry) break;
      kept.delete(oldest);
      keptBytes -= oldest.bytes;
    }
    return shard;
  };
}
