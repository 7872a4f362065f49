/** Re-reads a whole distillation set and lists all damage. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, Failure } from '#core/failure';
import { halfValues } from '#core/float16';
import { readShard, rowLayout } from './distillation-set.js';
import { type Manifest, manifestName, readManifest, type ShardEntry, type SplitName, splitNames } from './manifest.js';
import type { Shard } from './shard.js';

export interface Verification {
  readonly manifest: Manifest;
  readonly damage: readonly Diagnostic[];
}

/** Returns all damage of a set; an unreadable manifest is a data failure. */
export function verifyDistillationSet(folder: string): Verification {
  const manifest = readManifest(folder);
  const layout = rowLayout(manifest);
  const images = new Map<SplitName, Map<number, number>>(splitNames.map((name) => [name, new Map()]));
  const damage: Diagnostic[] = [];
  for (const entry of manifest.shards) {
    const file = join(folder, entry.file);
    try {
      if (!existsSync(file)) throw new Failure('data', { file, message: 'expected a shard; got no such file' });
      const shard = readShard(folder, entry, layout);
      damage.push(...valueProblems(shard, manifest).map((message) => ({ file, message })));
      countImages(shard, images.get(entry.split) as Map<number, number>);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      damage.push(...error.diagnostics);
    }
  }
  const file = join(folder, manifestName);
  const whole = damage.length === 0 ? imageProblems(images, manifest.replicas) : []; // needs all shards
  damage.push(...[...whole, ...sumProblems(manifest)].map((message) => ({ file, message })));
  return { manifest, damage };
}

function countImages({ sources }: Shard, counts: Map<number, number>): void {
  for (const source of sources) counts.set(source, (counts.get(source) ?? 0) + 1);
}

/** The largest difference between a row's sum and 1 that float16 and the teacher's arithmetic explain. */
function sumTolerance(classes: number): number {
  return 1e-3 + 2 ** -11 + classes * 2 ** -25;
}

function valueProblems(shard: Shard, manifest: Manifest): string[] {
  return [...labelProblems(shard, manifest), ...sumProblem(shard, manifest)];
}

function labelProblems({ labels, mixing }: Shard, { classes }: Manifest): string[] {
  const wrong = (values: ArrayLike<number>, isRight: (value: number) => boolean, expected: string) => {
    const row = Array.from(values).findIndex((value) => !isRight(value));
    return row < 0 ? [] : [`row ${row}: expected ${expected}; got ${values[row]}`];
  };
  const isClass = (value: number) => value >= 0 && value < classes;
  const { labels: others = [], shares = [] } = mixing ?? {};
  return [
    ...wrong(labels, isClass, `a label from 0 to ${classes - 1}`),
    ...wrong(others, isClass, `a mixed label from 0 to ${classes - 1}`),
    ...wrong(shares, (share) => share >= 0 && share <= 0.5, 'a mixed share from 0 to 0.5'),
  ];
}

function sumProblem({ rows, soft }: Shard, { classes }: Manifest): string[] {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += halfValues[soft[row * classes + k] as number] as number;
    if (Math.abs(sum - 1) <= sumTolerance(classes)) continue;
    return [`row ${row}: expected probabilities that sum to 1; got the sum ${sum.toPrecision(6)}`];
  }
  return [];
}

/** Checks that every source image is in one split only: in train `replicas` times, elsewhere once. */
function imageProblems(images: ReadonlyMap<SplitName, ReadonlyMap<number, number>>, replicas: number): string[] {
  const home = new Map<number, SplitName>();
  const problems: string[] = [];
  for (const [split, counts] of images) {
    const expected = split === 'train' ? replicas : 1;
    const shared: number[] = [];
    const uneven: number[] = [];
    for (const [source, count] of counts) {
      if (home.has(source)) shared.push(source);
      if (count !== expected) uneven.push(source);
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
