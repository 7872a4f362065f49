import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectionText } from '#cli/terminal/inspection-text';
import { duplicatesAmong, type HashedImage } from '#data/images/inspect/duplicates';
import { spread } from '#data/images/inspect/image-facts';
import { inspectImages } from '#data/images/inspect/inspect-images';
import { newFolder, removeFolders, tinySource, writeIdxFolder } from '#test/data/fixtures';
import { encoded, sharpOf, smoothImage } from '../decode/picture-fixtures.js';
import { folderWith } from '../folders/folder-fixtures.js';

afterAll(removeFolders);

/** Train and test folders of two classes, with one image of each kind. */
async function mixedFolder(): Promise<string> {
  const names = [
    'train/a/1.jpg',
    'train/a/2.png',
    'train/a/3.png',
    'train/b/1.webp',
    'train/b/broken.jpg',
    'test/b/1.jpg',
  ];
  const root = folderWith(...names, 'train/a/4.png');
  const write = (name: string, bytes: Uint8Array) => writeFileSync(join(root, name), bytes);
  write('train/a/1.jpg', await encoded(smoothImage(10, 20), 'jpeg', 6)); // upright 20 high, 10 wide
  write('train/a/2.png', await sharpOf(smoothImage(30, 12)).ensureAlpha(0.5).png().toBuffer());
  write('train/a/3.png', await sharpOf(smoothImage(8, 8)).toColourspace('b-w').png().toBuffer());
  write('train/a/4.png', await sharpOf(smoothImage(8, 9)).toColourspace('rgb16').png().toBuffer());
  write('train/b/1.webp', await encoded(smoothImage(14, 16), 'webp'));
  copyFileSync(join(root, 'train/a/1.jpg'), join(root, 'test/b/1.jpg'));
  return root;
}

describe('an inspection', () => {
  it('counts classes, sizes, kinds, broken files and duplicates', async () => {
    const root = await mixedFolder();
    const told: number[] = [];
    const found = await inspectImages({ folder: root }, '.', { onRead: (read, of) => told.push(read / of) });
    expect(found).toMatchObject({
      folder: root,
      format: 'folder',
      classNames: ['a', 'b'],
      train: { n: 6, perClass: [4, 2] },
      test: { n: 1, perClass: [0, 1] },
      imbalance: 2,
      read: 7,
      height: { min: 8, median: 14, max: 30 },
      width: { min: 8, median: 10, max: 16 },
      oneSize: false,
      channels: 3,
      kinds: { grey: 1, alpha: 1, cmyk: 0, sixteenBit: 1, rotated: 2 },
      encodings: { jpeg: 2, png: 3, webp: 1 },
      duplicates: {
        within: 0,
        across: 1,
        otherClass: 1,
        examples: [[join(root, 'train/a/1.jpg'), join(root, 'test/b/1.jpg')]],
      },
    });
    expect(found.broken).toMatchObject({ count: 1, examples: [{ place: join(root, 'train/b/broken.jpg') }] });
    expect(told.at(-1)).toBe(1);
    const text = inspectionText(found);
    expect(text).toContain(
      'duplicates 0 within a part, 1 of the test are in train (100.00 % of it), 1 under another class',
    );
    expect(text).toContain('unusual    1 grey, 1 with alpha, 1 16-bit, 2 turned by EXIF; all become upright RGB');
  });

  it('of images that are stored raw has their one size', async () => {
    const folder = newFolder();
    writeIdxFolder(folder, tinySource([6, 5, 1]));
    expect(await inspectImages({ folder })).toMatchObject({
      format: 'idx',
      oneSize: true,
      height: { min: 6, median: 6, max: 6 },
      channels: 1,
      encodings: { raw: 140 },
      broken: { count: 0 },
    });
  });

  it('of a large set reads an even sample, which a note says', async () => {
    const folder = newFolder();
    writeIdxFolder(folder, tinySource([6, 5, 1]));
    const { read, train, notes } = await inspectImages({ folder }, '.', { most: 30 });
    expect([read, train.n]).toEqual([28, 120]);
    expect(notes.at(-1)).toContain('one image in 5 was read');
  });
});

describe('duplicates', () => {
  const image = (sum: string, part: 'train' | 'test', label: number, place: string): HashedImage => {
    return { sha256: sum, part, label, place };
  };

  it('are counted within and across the parts, and under another class; pairs across them are shown first', () => {
    const images = [
      image('x', 'test', 0, 'e'),
      image('x', 'train', 0, 'a'),
      image('x', 'train', 1, 'b'),
      image('y', 'train', 1, 'c'),
      image('z', 'test', 1, 'f'),
      image('z', 'test', 1, 'g'),
    ];
    expect(duplicatesAmong(images)).toEqual({
      within: 2,
      across: 1,
      otherClass: 1,
      examples: [
        ['a', 'e'],
        ['a', 'b'],
        ['f', 'g'],
      ],
    });
  });
});

it('the spread of values has the lower median', () => {
  expect([spread([4, 1, 3, 2]), spread([])]).toEqual([
    { min: 1, median: 2, max: 4 },
    { min: 0, median: 0, max: 0 },
  ]);
});

it('a CMYK picture is counted', async () => {
  const root = folderWith('a/1.jpg', 'b/1.jpg', 'b/2.jpg', 'a/2.jpg');
  const cmyk = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .toColourspace('cmyk')
    .jpeg()
    .toBuffer();
  for (const name of ['a/1.jpg', 'a/2.jpg', 'b/1.jpg', 'b/2.jpg']) writeFileSync(join(root, name), cmyk);
  const { kinds, duplicates } = await inspectImages({ folder: root });
  expect([kinds.cmyk, duplicates.within + duplicates.across]).toEqual([4, 4]);
});
