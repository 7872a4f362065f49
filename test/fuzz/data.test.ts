import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { cifar10Format, cifar100Format, parseCifar } from '#data/images/formats/cifar';
import { gunzipped, idxFiles, parseIdx, readIdxSource } from '#data/images/formats/idx';
import { openDistillationSet } from '#data/sets/distillation-set';
import { batches, inOrder } from '#data/sets/loader';
import { readManifest, splitNames } from '#data/sets/manifest';
import { verifyDistillationSet } from '#data/sets/verify';
import { openJournal } from '#tasks/distill/build-journal';
import { failureOf, failureOfAsync, newFolder, tinySource, writeIdxFolder } from '#test/data/fixtures';
import { tinySet } from '#test/data/set-fixture';
import { expectFinite, expectNamed, fuzz, fuzzAsync, outcomeOf, outcomeOfAsync } from './fuzzed.js';
import { flippedBit, mutatedBytes, mutatedDocument } from './mutated.js';

describe('images', () => {
  const folder = newFolder();
  writeIdxFolder(folder, tinySource([2, 3, 1], 2, 3, 2));
  const description = { name: 'tiny', provenance: 'made up' };

  it.each(Object.values(idxFiles))(
    'in IDX with %s damaged, plain or gzipped, are refused with its name, or valid',
    (name) => {
      const file = join(folder, name);
      const whole = readFileSync(file);
      for (const [bytes, runs] of [
        [whole, 100],
        [gzipSync(whole), 60],
      ] as const) {
        fuzz(runs, mutatedBytes(bytes), (changed) => {
          writeFileSync(file, changed);
          const outcome = outcomeOf(() => readIdxSource(folder, description));
          if ('failure' in outcome) return expectNamed(outcome.failure, 'data', folder);
          const { train, test, classNames } = outcome.value;
          for (const { n, shape, images, labels } of [train, test]) {
            expect([images.length, labels.length]).toEqual([n * shape[0] * shape[1], n]);
            expect(Math.max(...labels)).toBeLessThan(classNames.length);
          }
        });
      }
      writeFileSync(file, whole);
    },
  );

  it.each([1, 2, 3, 4])('in IDX whose header claims the largest sizes in %s dimensions are refused at once', (rank) => {
    const bytes = Buffer.alloc(64, 0xff);
    bytes.writeUInt32BE(0x0800 | rank);
    expect(failureOf(() => parseIdx(bytes, rank, 'f')).message).toContain('the end of the file after');
  });

  it('that unpack to more than the limit are refused', () => {
    const members = Buffer.concat([gzipSync(Buffer.alloc(600)), gzipSync(Buffer.alloc(600))]);
    expect(gunzipped('f.gz', members, 1200)).toHaveLength(1200);
    expect(failureOf(() => gunzipped('f.gz', members, 1199)).kind).toBe('data');
  });

  it.each([
    ['CIFAR-10', cifar10Format, 3073],
    ['CIFAR-100', cifar100Format('fine'), 3074],
  ])('of %s with any damage are refused, or valid', (_, format, recordBytes) => {
    const record = Buffer.alloc(2 * recordBytes, 3);
    fuzz(100, mutatedBytes(record), (bytes) => {
      const outcome = outcomeOf(() => parseCifar(bytes, format, 10, 'f'));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', 'f');
      expect(outcome.value.images.length).toBe(3072 * outcome.value.labels.length);
    });
  });
});

describe('a distillation set', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await tinySet();
  });

  /** Opens the set and reads all of it in both possible ways. */
  async function readAll(): Promise<void> {
    const set = openDistillationSet(folder);
    for (const name of splitNames) {
      const split = set.split(name);
      for await (const { images, labels, soft } of inOrder(split, 50)) expectFinite([images[0], labels[0], soft[0]]);
    }
    await batches(set.split('train'), { seed: 1, batch: 8 }).at(0);
  }

  it('with any bit of a shard flipped opens, is refused when the shard is read, and is detected by verify', async () => {
    const file = join(folder, 'held-00000.arrow');
    const whole = readFileSync(file);
    await fuzzAsync(60, flippedBit(whole), async ({ bytes }) => {
      writeFileSync(file, bytes);
      openDistillationSet(folder);
      expect((await failureOfAsync(readAll)).message).toContain(`${file}: expected SHA-256`);
      expect((await verifyDistillationSet(folder)).damage.map((one) => one.file)).toEqual([file]);
    });
    writeFileSync(file, whole);
  });

  it('with a shard of other bytes is refused, wherever they changed', async () => {
    const file = join(folder, 'train-00001.arrow');
    const whole = readFileSync(file);
    await fuzzAsync(60, mutatedBytes(whole), async (bytes) => {
      writeFileSync(file, bytes);
      const outcome = await outcomeOfAsync(readAll);
      expect('failure' in outcome).toBe(Buffer.compare(bytes, whole) !== 0);
      if ('failure' in outcome) expectNamed(outcome.failure, 'data', file);
    });
    writeFileSync(file, whole);
  });

  it('with any bit of its manifest flipped is refused', () => {
    const file = join(folder, 'manifest.json');
    const whole = readFileSync(file);
    fuzz(150, flippedBit(whole), ({ bytes }) => {
      writeFileSync(file, bytes);
      const outcome = outcomeOf(() => readManifest(folder));
      if ('failure' in outcome) return expectNamed(outcome.failure, 'data', file);
      expect.fail(`read: ${JSON.stringify(outcome.value)}`);
    });
    writeFileSync(file, whole);
  });

  it('with a damaged manifest is refused, or readable', async () => {
    const file = join(folder, 'manifest.json');
    const whole = readFileSync(file);
    const holds = async (content: Uint8Array | string) => {
      writeFileSync(file, content);
      const outcome = await outcomeOfAsync(async () => {
        await readAll();
        await verifyDistillationSet(folder);
      });
      if ('failure' in outcome) expect(outcome.failure.kind).toBe('data');
    };
    await fuzzAsync(100, mutatedBytes(whole), holds);
    await fuzzAsync(200, mutatedDocument(JSON.parse(whole.toString())), holds);
    writeFileSync(file, whole);
  });

  it('with a damaged journal is refused, or its build resumes', () => {
    const { version, name, recipe, seed, source, teacher, shards } = openDistillationSet(folder).manifest;
    const identity = { version, name, recipe, seed, source, teacher };
    const begun = newFolder();
    const file = join(begun, 'building.json');
    const holds = (content: Uint8Array | string) => {
      writeFileSync(file, content);
      const outcome = outcomeOf(() => openJournal(begun, identity).built('train-00000.arrow'));
      if ('failure' in outcome) expectNamed(outcome.failure, 'data', begun);
    };
    const whole = JSON.stringify({ identity, shards }, null, 2);
    fuzz(60, mutatedBytes(Buffer.from(whole)), holds);
    fuzz(150, mutatedDocument(JSON.parse(whole)), holds);
  });
});
