import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '#core/failure';
import type { EncodedSet } from '#data/images/encoded-set';
import { openParquet } from '#data/images/formats/parquet/open-parquet';
import { openTfRecord } from '#data/images/formats/tfrecord/open-tfrecord';
import { openWebDataset } from '#data/images/formats/webdataset/open-webdataset';
import { newFolder } from '#test/data/fixtures';
import { parquetFixture } from '#test/data/images/formats/parquet/parquet-fixture';
import { contentOf } from '#test/data/images/formats/shards/content';
import { imageNetExample, recordsOf } from '#test/data/images/formats/tfrecord/record-fixture';
import { labelled, tarOf } from '#test/data/images/formats/webdataset/tar-fixture';
import { expectNamed, fuzzAsync } from './fuzzed.js';
import { mutatedBytes } from './mutated.js';

type Content = Awaited<ReturnType<typeof contentOf>>;

/** What a damaged shard opens as: its rows, or a data failure that names it. */
async function rowsOf(file: string, open: (description: { folder: string }) => Promise<EncodedSet>) {
  try {
    return await contentOf((await open({ folder: file })).train);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expectNamed(error, 'data', file);
    expect(error.message.length).toBeLessThan(2000);
    return undefined;
  }
}

/** Opens damaged copies of a shard; `holds` sees the rows of those that open. */
async function fuzzed(
  name: string,
  whole: Uint8Array,
  runs: number,
  open: (description: { folder: string }) => Promise<EncodedSet>,
  holds: (rows: Content, right: Content) => void,
): Promise<void> {
  const folder = newFolder();
  const file = join(folder, name);
  writeFileSync(file, whole);
  const right = (await rowsOf(file, open)) as Content;
  await fuzzAsync(runs, mutatedBytes(whole), async (bytes) => {
    writeFileSync(file, bytes);
    const rows = await rowsOf(file, open);
    if (rows !== undefined) holds(rows, right);
  });
}

describe('damaged shards are refused with their name, or readable', () => {
  it('tar', async () => {
    const whole = await tarOf(labelled(['a', 1], ['dir/b', 2], [`${'long/'.repeat(40)}c`, 0]));
    await fuzzed('x.tar', whole, 150, openWebDataset, (rows) => {
      for (const [label, bytes] of rows) expect([label >= 0, bytes.length > 0]).toEqual([true, true]);
    });
  });

  it('TFRecord, whose pictures have checksums and so are never others', async () => {
    const whole = recordsOf(imageNetExample(1, 1, 'cat'), imageNetExample(2, 2, 'owl'), imageNetExample(3, 0, 'dog'));
    await fuzzed('x.tfrecord', whole, 150, openTfRecord, (rows, right) => {
      for (const row of rows) expect(right).toContainEqual(row);
    });
  });

  it.each(['hub', 'plain', 'pages', 'gzip', 'version 2, dictionary', 'null structs', 'cifar'])(
    'Parquet: %s',
    async (name) => {
      await fuzzed('x.parquet', parquetFixture(name), 60, openParquet, (rows) => {
        for (const [label] of rows) expect(label).toBeGreaterThanOrEqual(0);
      });
    },
  );

  it('Parquet with checksums, whose pictures are never others', async () => {
    const whole = parquetFixture('checksums');
    const end = whole.length - 4 - 4 - whole.readUInt32LE(whole.length - 8);
    const damage = fc.tuple(fc.nat(end - 1), fc.nat(7));
    const file = join(newFolder(), 'x.parquet');
    writeFileSync(file, whole);
    const right = ((await rowsOf(file, openParquet)) as Content).map(([, bytes]) => bytes);
    await fuzzAsync(100, damage, async ([at, bit]) => {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ (1 << bit);
      writeFileSync(file, damaged);
      const rows = (await rowsOf(file, openParquet)) ?? [];
      for (const [, bytes] of rows) expect(right).toContainEqual(bytes);
    });
  });
});
