/** A small set of random images on the disk, on which times are measured before a set is built. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discard, sha256 } from '#core/files/files';
import { randomStream } from '#core/random';
import { imageBytes } from '#data/images/image-stack';
import { type DistillationSet, openDistillationSet } from '#data/sets/distillation-set';
import { formatManifest, manifestName, type ShardEntry, type SplitName, splitNames } from '#data/sets/manifest';
import { encodeShard } from '#data/sets/shard';
import type { StageSet } from '#tasks/search/config/stage-requirements';

const mostRows = 1024; // of a split
const mostBytes = 2 ** 27; // of the images of a split
const halfOne = 0x3c00; // 1 in half precision

/** Writes a set like the planned one, but with fewer rows, to a temporary folder while `work` uses it. */
export async function withStandInSet<T>(planned: StageSet, work: (set: DistillationSet) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-nas-stand-in-'));
  try {
    writeStandIn(folder, planned);
    return await work(openDistillationSet(folder));
  } finally {
    discard(folder);
  }
}

function writeStandIn(folder: string, { name, shape, classes, splits: planned }: StageSet): void {
  const most = Math.min(mostRows, Math.max(1, Math.floor(mostBytes / imageBytes(shape))));
  const rowsOf = (split: SplitName) => Math.max(1, Math.min(planned[split], most));
  const shards = splitNames.map((split): ShardEntry => {
    const rows = rowsOf(split);
    const bytes = randomShard(rows, imageBytes(shape), classes);
    const file = `${split}-00000.arrow`;
    writeFileSync(join(folder, file), bytes);
    return { file, split, rows, bytes: bytes.length, sha256: sha256(bytes) };
  });
  const splits = Object.fromEntries(shards.map(({ split, rows }) => [split, rows])) as Record<SplitName, number>;
  const manifest = {
    version: 1,
    name,
    classes,
    classNames: Array.from({ length: classes }, (_, label) => String(label)),
    shape: [...shape] as [number, number, number],
    source: { name: 'random', provenance: 'random images', sha256: sha256(name) },
    recipe: {},
    teacher: { name: 'random', fingerprint: 'random', testAccuracy: 0 },
    seed: 0,
    replicas: 1,
    splits,
    shards,
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
  } as const;
  writeFileSync(join(folder, manifestName), formatManifest({ ...manifest, shards: [...shards] }));
}

function randomShard(rows: number, size: number, classes: number): Uint8Array {
  const random = randomStream('stand-in');
  const labels = Int32Array.from({ length: rows }, () => random.below(classes));
  const soft = new Uint16Array(rows * classes);
  for (const [i, label] of labels.entries()) soft[i * classes + label] = halfOne;
  return encodeShard(
    {
      rows,
      images: Uint8Array.from({ length: rows * size }, () => random.below(256)),
      labels,
      soft,
      sources: Int32Array.from(labels.keys()),
      replicas: new Int32Array(rows),
    },
    { imageBytes: size, classes },
  );
}
