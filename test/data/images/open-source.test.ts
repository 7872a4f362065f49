import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conform } from '#core/documents/conform';
import { locateYaml } from '#core/documents/document';
import { detectedFormat } from '#data/images/detect-format';
import { plainView } from '#data/images/fit';
import { formOf, labelsOf } from '#data/images/image-source';
import { openSource } from '#data/images/open-source';
import { sourceSchema } from '#data/images/source-schema';
import { failureOf, failureOfAsync, newFolder, removeFolders, tinySource, writeIdxFolder } from '#test/data/fixtures';
import { encoded, smoothImage } from './decode/picture-fixtures.js';
import { folderWith } from './folders/folder-fixtures.js';
import { parquetFixture } from './formats/parquet/parquet-fixture.js';
import { example, recordsOf } from './formats/tfrecord/record-fixture.js';
import { tarOf } from './formats/webdataset/tar-fixture.js';

const cache = newFolder();
beforeAll(() => {
  process.env['MNV4_CACHE'] = cache;
});
afterAll(() => {
  delete process.env['MNV4_CACHE'];
  removeFolders();
});

const parsed = (text: string) => conform(locateYaml('r', text), sourceSchema);
const open = (text: string) => openSource(parsed(text), '/');

/** A folder of two classes with three PNG files each, of differing sizes. */
async function photos(): Promise<string> {
  const root = folderWith(...['cat', 'dog'].flatMap((name) => [1, 2, 3].map((i) => `${name}/${i}.png`)));
  for (const name of ['cat', 'dog']) {
    for (const i of [1, 2, 3])
      writeFileSync(join(root, `${name}/${i}.png`), await encoded(smoothImage(8 + i, 9), 'png'));
  }
  return root;
}

describe('the format of a folder', () => {
  it('is found by what is in it', () => {
    const idx = newFolder();
    writeIdxFolder(idx, tinySource());
    const table = folderWith('1.jpg');
    writeFileSync(join(table, 'a.csv'), 'path,label\n1.jpg,x\n');
    expect(detectedFormat(idx)).toBe('idx');
    expect(detectedFormat(table)).toBe('csv');
    expect(detectedFormat(join(table, 'a.csv'))).toBe('csv');
    expect(detectedFormat(folderWith('a/1.jpg'))).toBe('folder');
    expect(detectedFormat(folderWith('train/a/b/1.JPEG', 'notes.csv'))).toBe('folder');
    expect(detectedFormat(folderWith('data_batch_1.bin', 'batches.meta.txt'))).toBe('cifar10');
    expect(detectedFormat(folderWith('train.bin.gz', 'test.bin'))).toBe('cifar100');
  });

  it('that is unknown is refused with what was looked for and what is there', () => {
    const root = folderWith('b.txt', 'a.npz', 'sub/x.txt', '.hidden');
    const { message } = failureOf(() => detectedFormat(root));
    expect(message).toMatch(/^\S+: expected class folders of image files, a CSV file .*CIFAR; got /);
    expect(message).toContain('; got 1 folder without images (sub) and 2 files (a.npz, b.txt)');
    expect(failureOf(() => detectedFormat(newFolder())).message).toContain('got an empty folder');
    expect(failureOf(() => detectedFormat(join(root, 'b.txt'))).message).toContain('got the file b.txt');
    expect(failureOf(() => detectedFormat('/nowhere')).message).toContain('got no such file or folder');
  });

  it('that is not the only one is refused, unless it is named', async () => {
    const root = await photos();
    writeFileSync(join(root, 'labels.csv'), 'path,label\ncat/1.png,0\ncat/2.png,0\ndog/1.png,1\n');
    expect(failureOf(() => detectedFormat(root)).message).toContain('got folder and csv');
    const { train, test } = await open(`{ format: csv, folder: ${root} }`);
    expect([train.n, test.n]).toEqual([2, 1]);
  });
});

describe('a source', () => {
  it.each([
    ['{ folder: a, classNmes: [x] }', 'r:1:14: classNmes: unknown key; did you mean classNames?'],
    [
      '{ format: jpeg, folder: a }',
      'r:1:11: format: expected one of auto, folder, csv, webdataset, tfrecord, parquet, idx, cifar10, cifar100; got jpeg',
    ],
    ['{ format: cifar10, folder: a, labels: fine }', 'r:1:31: labels: unknown key'],
    ['{ folder: a, resolution: 2 }', 'r:1:26: resolution: expected a resolution from 4 to 2048; got 2'],
    ['{ folder: a, centralCrop: 0 }', 'r:1:27: centralCrop: expected a share above 0 and at most 1; got 0'],
    ['{ folder: a, testShare: 1 }', 'r:1:25: testShare: expected a share above 0 and below 1; got 1'],
    ['{ folder: 3 }', 'r:1:11: folder: expected a folder, relative to the recipe in quotes; got 3'],
    ['{ dataset: mnits }', 'r:1:12: dataset: expected one of fashion-mnist, mnist, cifar10, cifar100; got mnits'],
    ['x', 'r:1:1: expected a mapping; got x'],
  ])('%s is refused at its place', (text, message) => {
    expect(failureOf(() => parsed(text)).message.split('\n')[0]).toBe(message);
  });

  it('with a key that the format found does not have is refused', async () => {
    const root = await photos();
    expect((await failureOfAsync(() => open(`{ folder: ${root}, firstLabel: 1 }`))).message).toBe(
      `source.firstLabel: the files in ${root} have the format folder, which has no such key`,
    );
  });

  it('of differing sizes needs a resolution, to which its images are then brought', async () => {
    const root = await photos();
    const set = await open(`{ folder: ${root} }`);
    expect(failureOf(() => formOf(set)).message).toContain('the images differ in size');
    const fitted = await open(`{ folder: ${root}, resolution: { height: 4, width: 6 }, centralCrop: 1 }`);
    expect(formOf(fitted)).toEqual({ shape: [4, 6, 3], classes: 2 });
    const { height, width } = await plainView(await fitted.train.load(0), fitted.fit);
    expect([height, width]).toEqual([4, 6]);
  });

  it('keeps its class names and tells how it was split', async () => {
    const root = await photos();
    const { classNames, provenance, notes, train, test } = await open(`{ folder: ${root} }`);
    expect([classNames, provenance]).toEqual([['cat', 'dog'], "the user's files in format folder"]);
    expect(notes?.[0]).toContain('20.00 % of each class, 2 images, are kept for the test, drawn with seed 0');
    expect([[...labelsOf(train)], [...labelsOf(test)]]).toEqual([
      [0, 0, 1, 1],
      [0, 1],
    ]);
  });

  it('of IDX files is as before, with a fit if a resolution is set', async () => {
    const folder = newFolder();
    writeIdxFolder(folder, tinySource([6, 5, 1]));
    expect((await open(`{ folder: ${folder} }`)).fit).toBeUndefined();
    const own = '{ height: 6, width: 5 }';
    expect((await open(`{ folder: ${folder}, resolution: ${own} }`)).notes).toEqual([
      expect.stringContaining(
        'images of 5x6 have the resolution already, but their central 87.50 % are seen, enlarged',
      ),
    ]);
    expect((await open(`{ folder: ${folder}, resolution: ${own}, centralCrop: 1 }`)).notes ?? []).toEqual([]);
    expect(formOf(await open(`{ folder: ${folder}, resolution: 8 }`))).toEqual({ shape: [8, 8, 1], classes: 4 });
  });
});

describe('broken images', () => {
  it('are refused where they are used; with skipBroken they are left out, the same ones each time', async () => {
    const root = await photos();
    writeFileSync(join(root, 'dog/2.png'), 'no picture');
    writeFileSync(join(root, 'cat/3.png'), '');
    const strict = await open(`{ folder: ${root} }`);
    const broken = await failureOfAsync(async () => {
      for (const part of [strict.train, strict.test]) {
        for (let i = 0; i < part.n; i++) await (await part.load(i)).whole();
      }
    });
    expect([broken.kind, broken.message.startsWith(root)]).toEqual(['data', true]);
    const { train, test, notes } = await open(`{ folder: ${root}, skipBroken: 2 }`);
    expect(train.n + test.n).toBe(4);
    expect(notes?.find((note) => note.includes('broken'))).toContain('2 broken images are left out, such as');
    const again = await open(`{ folder: ${root}, skipBroken: 7 }`);
    expect(await again.train.fingerprint?.()).toBe(await train.fingerprint?.());
    expect(await again.train.fingerprint?.()).not.toBe(await strict.train.fingerprint?.());
  });

  it('beyond the limit are a data failure that names the first ones', async () => {
    const root = await photos();
    for (const name of ['cat/1', 'cat/2', 'dog/3']) writeFileSync(join(root, `${name}.png`), 'no picture');
    const failure = await failureOfAsync(() => open(`{ folder: ${root}, skipBroken: 2 }`));
    expect([failure.kind, failure.diagnostics.length, failure.remedy]).toEqual([
      'data',
      4,
      'restore or remove them, or set skipBroken: 3',
    ]);
    expect(failure.message).toMatch(/^3 images cannot be decoded, but skipBroken allows 2\n/);
  });

  it('that are repaired are used again', async () => {
    const root = await photos();
    writeFileSync(join(root, 'dog/2.png'), 'no picture');
    expect((await open(`{ folder: ${root}, skipBroken: 1 }`)).notes?.join()).toContain('1 broken images');
    writeFileSync(join(root, 'dog/2.png'), await encoded(smoothImage(9, 9), 'png'));
    const { train, test } = await open(`{ folder: ${root}, skipBroken: 1 }`);
    expect(train.n + test.n).toBe(6);
  });
});

it('a gzip file of CIFAR-100 is read like a plain one', async () => {
  const folder = newFolder();
  const record = Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(3072, 7)]);
  writeFileSync(join(folder, 'train.bin.gz'), gzipSync(record));
  writeFileSync(join(folder, 'test.bin'), record);
  const { classNames, train } = await open(`{ folder: ${folder}, labels: coarse }`);
  expect([classNames.length, train.label(0)]).toEqual([2, 1]);
});

describe('a folder of shards is recognised, and its images are decoded and brought to the resolution:', () => {
  /** Red, green and blue pictures of differing sizes in PNG, one of each class. */
  const colours = (): Promise<Buffer[]> =>
    Promise.all(
      [0, 1, 2].map((c) => {
        const [height, width] = [6 + c, 9 - c];
        const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i % 3 === c ? 255 : 0));
        return encoded({ height, width, channels: 3, pixels }, 'png');
      }),
    );

  const shards: Readonly<Record<string, (pictures: readonly Buffer[]) => Promise<Uint8Array>>> = {
    tar: (pictures) =>
      tarOf(
        pictures.flatMap((content, i) => [
          { name: `${i}.png`, content },
          { name: `${i}.cls`, content: String(i) },
        ]),
      ),
    tfrecord: async (pictures) =>
      recordsOf(...pictures.map((picture, i) => example({ 'image/encoded': [picture], 'image/class/label': [i] }))),
    parquet: async () => parquetFixture('colours'),
  };

  it.each(Object.keys(shards))('%s', async (ending) => {
    const folder = newFolder();
    const bytes = await (shards[ending] as (typeof shards)[string])(await colours());
    for (const part of ['train', 'test']) writeFileSync(join(folder, `${part}-0.${ending}`), bytes);
    const { train, test, fit, classNames } = await open(`{ folder: ${folder}, resolution: 4 }`);
    expect([classNames, test.n]).toEqual([ending === 'parquet' ? ['owl', 'cat', 'dog'] : ['0', '1', '2'], 3]);
    for (const i of [0, 1, 2]) {
      const { height, width, pixels } = await plainView(await train.load(i), fit);
      expect([train.label(i), height, width]).toEqual([i, 4, 4]);
      expect([...pixels.subarray(0, 3)]).toEqual([0, 1, 2].map((c) => (c === i ? 255 : 0)));
    }
  });
});
