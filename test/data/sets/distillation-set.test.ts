import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#core/files/files';
import { openDistillationSet, readShard } from '#data/sets/distillation-set';
import { batches, inOrder } from '#data/sets/loader';
import { formatManifest, type Manifest, type ShardEntry } from '#data/sets/manifest';
import { decodeShard, encodeShard, type Mixing, type Shard } from '#data/sets/shard';
import { verifyDistillationSet } from '#data/sets/verify';
import { all, failureOf, failureOfAsync, newFolder } from '#test/data/fixtures';
import { tinySet } from '#test/data/set-fixture';

/** Changes one byte in the middle of a file. */
function flipByte(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] as number) ^ 0xff;
  writeFileSync(file, bytes);
}

/** Rewrites the manifest, its seal too, as a faulty builder would. */
function editManifest(folder: string, edit: (manifest: Manifest) => void): void {
  const file = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  edit(manifest);
  writeFileSync(file, formatManifest(manifest));
}

/** Rewrites a shard and its checksum, as a faulty builder would. */
function editShard(folder: string, name: string, edit: (shard: Shard) => void): void {
  const layout = { imageBytes: 30, classes: 4, mixed: true };
  const file = join(folder, name);
  const shard = decodeShard(readFileSync(file), layout, file);
  edit(shard);
  const bytes = encodeShard(shard, layout);
  writeFileSync(file, bytes);
  editManifest(folder, ({ shards }) => {
    const entry = shards.find((one) => one.file === name);
    if (entry !== undefined) entry.sha256 = sha256(bytes);
  });
}

describe('a distillation set', () => {
  it('opens with the rows of its splits', async () => {
    const set = openDistillationSet(await tinySet());
    const rows = (['train', 'held', 'test'] as const).map((name) => set.split(name).rows);
    expect(rows).toEqual([288, 24, 20]);
    expect((await all(inOrder(set.split('held'), 7))).reduce((sum, { n }) => sum + n, 0)).toBe(24);
  });

  it('has no damage when new', async () => {
    expect((await verifyDistillationSet(await tinySet())).damage).toEqual([]);
  });

  it('names a damaged shard and refuses to train on it', async () => {
    const folder = await tinySet();
    const file = join(folder, 'train-00002.arrow');
    flipByte(file);
    const split = openDistillationSet(folder).split('train');
    const failure = await failureOfAsync(() => batches(split, { seed: 1, batch: 288 }).at(0));
    expect(failure.exitCode).toBe(4);
    expect(failure.message).toMatch(
      /train-00002\.arrow: expected SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}: the shard is damaged$/,
    );
    expect(failure.remedy).toContain('dataset build');
    expect((await verifyDistillationSet(folder)).damage.map((one) => one.file)).toEqual([file]);
  });

  it('lists all shards that are missing or of another size when it is opened', async () => {
    const folder = await tinySet();
    rmSync(join(folder, 'train-00001.arrow'));
    truncateSync(join(folder, 'held-00000.arrow'), 100);
    const { diagnostics } = failureOf(() => openDistillationSet(folder));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^expected a shard of \d+ bytes; got no such file$/),
      expect.stringMatching(/^expected \d+ bytes; got 100$/),
    ]);
    expect((await verifyDistillationSet(folder)).damage.length).toBe(2);
  });

  it('is refused without a manifest, with a newer one and with a damaged one', async () => {
    const empty = newFolder();
    const missing = failureOf(() => openDistillationSet(empty));
    expect(missing.message).toBe(
      `${join(empty, 'manifest.json')}: expected a readable file; got no such file (ENOENT)`,
    );
    const folder = await tinySet();
    editManifest(folder, (manifest) => Object.assign(manifest, { version: 3 }));
    expect(failureOf(() => openDistillationSet(folder)).message).toMatch(/version: expected 1 or 2; got 3$/);
    editManifest(folder, (manifest) => Object.assign(manifest, { version: 1, classes: 'four' }));
    const typed = failureOf(() => openDistillationSet(folder));
    expect(typed.message).toMatch(/manifest\.json:4:14: classes: expected a count of classes; got four$/);
    expect(typed.exitCode).toBe(4);
    truncateSync(join(folder, 'manifest.json'), 200);
    expect(failureOf(() => openDistillationSet(folder)).exitCode).toBe(4);
  });

  it.each<[string, (manifest: Manifest) => void, RegExp]>([
    [
      'more rows than fit',
      ({ shards }) => Object.assign(shards[0] as object, { rows: 2 ** 52 }),
      /at most \d+ rows in/,
    ],
    ['a class without a name', ({ classNames }) => classNames.pop(), /classNames: expected 4 names, one per class/],
    [
      'a shard twice',
      ({ shards }) => shards.push(shards[0] as Manifest['shards'][0]),
      /shards: expected files that differ/,
    ],
  ])('is refused with %s in its manifest', async (_, edit, message) => {
    const folder = await tinySet();
    editManifest(folder, edit);
    const failure = failureOf(() => openDistillationSet(folder));
    expect(failure.kind).toBe('data');
    expect(failure.message).toMatch(message);
  });

  it('is found out when an image is in two splits, a label is impossible or probabilities do not sum to 1', async () => {
    const folder = await tinySet();
    const { shards, layout } = openDistillationSet(folder).split('train');
    const train = readShard(folder, shards[0] as ShardEntry, layout);
    editShard(folder, 'held-00000.arrow', ({ sources }) => {
      sources[3] = train.sources[0] as number;
    });
    expect((await verifyDistillationSet(folder)).damage.map(({ message }) => message)).toEqual([
      `held: expected no image of another split; got 1, the first ${train.sources[0]}`,
    ]);
    editShard(folder, 'test-00000.arrow', ({ labels, soft }) => {
      labels[2] = 4;
      soft[5 * 4] = 0x3c00;
    });
    expect((await verifyDistillationSet(folder)).damage.map(({ message }) => message)).toEqual([
      'row 2: expected a label from 0 to 3; got 4',
      expect.stringMatching(/^row 5: expected probabilities that sum to 1; got the sum 1\.\d+$/),
    ]);
    editShard(folder, 'test-00000.arrow', ({ labels, soft, mixing }) => {
      labels[2] = 0;
      soft[5 * 4] = 0;
      (mixing as Mixing).labels[1] = -1;
      (mixing as Mixing).shares[4] = 0.75;
    });
    expect((await verifyDistillationSet(folder)).damage.map(({ message }) => message).slice(0, 2)).toEqual([
      'row 1: expected a mixed label from 0 to 3; got -1',
      'row 4: expected a mixed share from 0 to 0.5; got 0.75',
    ]);
  });

  it('is found out when its manifest counts other rows than its shards have', async () => {
    const folder = await tinySet();
    editManifest(folder, (manifest) => Object.assign(manifest.splits, { held: 25 }));
    expect((await verifyDistillationSet(folder)).damage.map(({ message }) => message)).toEqual([
      'splits.held: expected 24, as in the shards; got 25',
    ]);
  });
});
