/** Re-reads a whole distillation set and lists all damage. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, Failure } from '#core/failure';
import { readShard, rowLayout } from './distillation-set.js';
import { type Manifest, manifestName, readManifest, type ShardEntry, type SplitName, splitNames } from './manifest.js';
import type { Shard } from './shard.js';
import { imageProblem, rowProblems } from './verify-rows.js';

export interface Verification {
  readonly manifest: Manifest;
  readonly damage: readonly Diagnostic[];
}

/**
 * Returns all damage of a set, whose shards are read one by one and whose encoded images are all decoded; an unreadable
 * manifest is a data failure.
 */
export async function verifyDistillationSet(folder: string): Promise<Verification> {
  const manifest = readManifest(folder);
  const layout = rowLayout(manifest);
  const images = new Map<SplitName, Map<number, number>>(splitNames.map((name) => [name, new Map()]));
  const damage: Diagnostic[] = [];
  for (const entry of manifest.shards) {
    const file = join(folder, entry.file);
    try {
      if (!existsSync(file)) throw new Failure('data', { file, message: 'expected a shard; got no such file' });
      const shard = readShard(folder, entry, layout);
      const problems = [...rowProblems(shard, layout), ...(await imageProblem(shard, manifest))];
      damage.push(...problems.map((message) => ({ file, message })));
      countImages(shard, images.get(entry.split) as Map<number, number>);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      damage.push(...error.diagnostics);
    }
  }
  const file = join(folder, manifestName);
  const whole = damage.length === 0 ? imageProblems(images, manifest) : []; // needs all shards
  damage.push(...[...whole, ...sumProblems(manifest)].map((message) => ({ file, message })));
  return { manifest, damage };
}

function countImages({ sources }: Shard, counts: Map<number, number>): void {
  for (const source of sources) counts.set(source, (counts.get(source) ?? 0) + 1);
}

/**
 * Checks that every source image is in one split only: in train `replicas` times, or a multiple of that if it was
 * selected from a pool, elsewhere once.
 */
function imageProblems(
  images: ReadonlyMap<SplitName, ReadonlyMap<number, number>>,
  { replicas, pool }: Manifest,
): string[] {
  const home = new Map<number, SplitName>();
  const problems: string[] = [];
  for (const [split, counts] of images) {
    const expected = split === 'train' ? replicas : 1;
    const isRepeated = pool !== undefined && split === 'train';
    const shared: number[] = [];
    const uneven: number[] = [];
    for (const [source, count] of counts) {
      if (home.has(source)) shared.push(source);
      if (isRepeated ? count % expected !== 0 : count !== expected) uneven.push(source);
      home.set(source, split);
    }
    const first = (list: number[]) => `${list.length}, the first ${list[0]}`;
    if (shared.length > 0) problems.push(`${split}: expected no image of another split; got ${first(shared)}`);
    if (uneven.length > 0)
      problems.push(`${split}: expected each image ${expected} times; got another count for ${first(uneven)}`);
  }
  return problems;
}

function sumProblems({ shards, splits, bytes }: Manifest): string[] {
  const sum = (entries: readonly ShardEntry[], key: 'rows' | 'bytes') => entries.reduce((n, one) => n + one[key], 0);
  const checks = splitNames.map((name) => {
    const rows = sum(
      shards.filter(({ split }) => split === name),
      'rows',
    );
    return { path: `splits.${name}`, expected: rows, got: splits[name] };
  });
  return [...checks, { path: 'bytes', expected: sum(shards, 'bytes'), got: bytes }]
    .filter(({ expected, got }) => expected !== got)
    .map(({ path, expected, got }) => `${path}: expected ${expected}, as in the shards; got ${got}`);
}
