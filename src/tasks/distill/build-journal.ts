/**
 * Records the progress of a build: `building.json` while it runs, `manifest.json` once the set is complete. A folder
 * that holds a set of another recipe, source or teacher is refused, with the differences.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { list, readChecked, record } from '#core/documents/conform';
import { formatPath, type Path } from '#core/documents/document';
import { Failure } from '#core/failure';
import { namesIn, readBytes, sha256, statsOf, writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { shown } from '#core/shown';
import { dataFailure } from '#data/data-failure';
import { type Manifest, manifestName, poolEntry, readManifest, type ShardEntry, shardEntry } from '#data/sets/manifest';
import { selectionName } from '#data/sets/selection';
import type { BuildIdentity } from './build-identity.js';

export interface BuildJournal {
  /** Returns the entry of a shard if its file exists with the recorded bytes, else undefined. */
  built(file: string): ShardEntry | undefined;
  add(entry: ShardEntry): void;
  /** Returns the entry of the pool's selection if its file exists with the recorded bytes, else undefined. */
  selection(): SelectionEntry | undefined;
  addSelection(entry: SelectionEntry): void;
  /** Removes the journal, once the manifest is written. */
  close(): void;
}

type SelectionEntry = NonNullable<Manifest['pool']>['selection'];

const journalName = 'building.json';
const otherFolder = 'build into another folder, or remove this one first';

export function openJournal(folder: string, identity: BuildIdentity): BuildJournal {
  const file = join(folder, journalName);
  const before = recorded(folder);
  if (before === undefined) refuseForeignFiles(folder);
  else if (before.shards.length > 0 || before.selection !== undefined)
    refuseOtherSet(folder, before.identity, identity); // else nothing was built
  const entries = new Map(before?.shards.map((entry) => [entry.file, entry]));
  let selection = before?.selection;
  const save = () =>
    writeAtomically(file, jsonText({ identity, ...(selection && { selection }), shards: [...entries.values()] }));
  if (!existsSync(join(folder, manifestName))) save();
  removeParts(folder);
  return {
    built: (name) => {
      const entry = entries.get(name);
      return entry !== undefined && hashes(join(folder, name), entry.sha256) ? entry : undefined;
    },
    add: (entry) => {
      entries.set(entry.file, entry);
      save();
    },
    selection: () => (selection && hashes(join(folder, selectionName), selection.sha256) ? selection : undefined),
    addSelection: (entry) => {
      selection = entry;
      save();
    },
    close: () => rmSync(file, { force: true }),
  };
}

interface Recorded {
  readonly identity: Readonly<Record<string, unknown>>;
  readonly shards: readonly ShardEntry[];
  readonly selection?: SelectionEntry | undefined;
}

function recorded(folder: string): Recorded | undefined {
  const file = join(folder, journalName);
  if (existsSync(file)) return readChecked(file, journalSchema, otherFolder);
  if (!existsSync(join(folder, manifestName))) return undefined;
  const { version, name, recipe, seed, source, teacher, shards, ...rest } = readManifest(folder);
  const { mixedLabels, images, softLabels, pool } = rest;
  const { name: teacherName, fingerprint } = teacher;
  const identity = {
    ...{ version, name, recipe, seed, source, teacher: { name: teacherName, fingerprint } },
    ...(mixedLabels && { mixedLabels }),
    ...(images && { images }),
    ...(softLabels && { softLabels }),
    ...(pool && { pool: { source: pool.source, selector: pool.selector } }),
  };
  return { identity, shards, selection: pool?.selection };
}

/** Schema of `building.json`; the identity is compared as a whole, so its fields are not checked. */
const journalSchema = record({
  identity: z.record(z.string(), z.unknown(), { error: 'a mapping' }),
  selection: poolEntry.shape.selection.optional(),
  shards: list(shardEntry, 'a list of shards', 0),
});

function refuseForeignFiles(folder: string): void {
  // if a file stands in the folder's place, the first write reports it
  const found = statsOf(folder)?.isDirectory() ? namesIn(folder).filter((name) => !isPart(name)) : [];
  if (found.length > 0) {
    const expected = 'expected an empty or new folder, or one with an unfinished set';
    throw dataFailure(folder, `${expected}; got ${shown(found.slice(0, 3).join(', '))}`, otherFolder);
  }
}

function refuseOtherSet(folder: string, before: Recorded['identity'], now: BuildIdentity): void {
  const differing = differences(before, now);
  if (differing.length === 0) return;
  const diagnostics = differing.map(({ path, a, b }) => ({
    file: folder,
    path: formatPath(path),
    message: `the set in this folder was built with ${shown(a)}, not ${shown(b)}`,
  }));
  throw new Failure('data', diagnostics, otherFolder);
}

interface Difference {
  readonly path: Path;
  readonly a: unknown;
  readonly b: unknown;
}

/** Returns the leaves in which two JSON values differ, with their paths. */
function differences(a: unknown, b: unknown, path: Path = []): Difference[] {
  if (!isCollection(a) || !isCollection(b) || Array.isArray(a) !== Array.isArray(b)) {
    return Object.is(a, b) ? [] : [{ path, a, b }];
  }
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => differences(a[key], b[key], [...path, Array.isArray(a) ? Number(key) : key]));
}

function isCollection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function hashes(file: string, expected: string): boolean {
  return existsSync(file) && sha256(readBytes(file)) === expected;
}

function removeParts(folder: string): void {
  for (const name of readdirSync(folder).filter(isPart)) rmSync(join(folder, name), { force: true });
}

function isPart(name: string): boolean {
  return /\.part-\d+$/.test(name);
}
