import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readImageFolder } from '#data/images/folders/image-folder';
import { failureOf, failureOfAsync, newFolder, removeFolders } from '#test/data/fixtures';
import { addFiles, folderWith, listed } from './folder-fixtures.js';

afterAll(removeFolders);

const read = (root: string) => readImageFolder(root, { followLinks: false });

describe('class folders', () => {
  it('become classes by code point: 10 before 2, capitals before small letters', () => {
    const root = folderWith(...['1', '2', '10', 'n02', 'N1', '_x'].map((name) => `${name}/a.jpg`));
    expect(read(root).classNames).toEqual(['1', '10', '2', 'N1', '_x', 'n02']);
  });

  it('hold the images of all folders below them, by the code points of folder, then of name', () => {
    const root = folderWith(
      'b/z.PNG',
      'b/sub/deep/a.jpeg',
      'b/sub/b.jpg',
      'b/sub-1/a.gif',
      'b/A.webp',
      'a/10.JPG',
      'a/2.jpg',
    );
    const { train, test } = read(root);
    expect(listed(root, train)).toEqual([
      'a/10.JPG 0',
      'a/2.jpg 0',
      'b/A.webp 1',
      'b/z.PNG 1',
      'b/sub/b.jpg 1',
      'b/sub-1/a.gif 1',
      'b/sub/deep/a.jpeg 1',
    ]);
    expect(test).toBeUndefined();
  });

  it('without images are no classes; files that are no images are counted in a note', () => {
    const root = folderWith(
      'a/1.jpg',
      'b/1.jpg',
      'b/notes.txt',
      'b/.hidden.jpg',
      '.git/x.jpg',
      'b/scan.tif',
      'c/x.txt',
    );
    const { classNames, notes } = read(root);
    expect(classNames).toEqual(['a', 'b']);
    expect(notes).toEqual([
      `${root}: the folder c has no images and is no class`,
      `${root}: files not used: 1 (not JPEG, PNG, WebP or GIF), 2 (no images by their names), 2 (hidden)`,
    ]);
  });

  it('are put in the order of classNames, if these are their names, and else renamed', () => {
    const root = folderWith('a/1.jpg', 'b/1.jpg');
    const given = (classNames: string[]) => readImageFolder(root, { followLinks: false, classNames });
    expect(listed(root, given(['b', 'a']).train)).toEqual(['b/1.jpg 0', 'a/1.jpg 1']);
    expect(given(['hen', 'cat']).classNames).toEqual(['hen', 'cat']);
    expect(listed(root, given(['hen', 'cat']).train)).toEqual(['a/1.jpg 0', 'b/1.jpg 1']);
    expect(failureOf(() => given(['a', 'cat'])).message).toContain('expected the names of its 2 class folders');
  });
});

describe('parts', () => {
  it('are the folders train and test, whose labels follow the classes of train', () => {
    const root = folderWith('train/b/1.jpg', 'train/a/1.jpg', 'train/c/1.jpg', 'test/c/1.jpg', 'test/a/2.jpg');
    const { train, test, notes } = read(root);
    expect(listed(root, train)).toEqual(['train/a/1.jpg 0', 'train/b/1.jpg 1', 'train/c/1.jpg 2']);
    expect(listed(root, test)).toEqual(['test/a/2.jpg 0', 'test/c/1.jpg 2']);
    expect(notes).toEqual([`${root}: the folder test has no image of the class b`]);
  });

  it.each(['val', 'valid', 'validation', 'Val'])('may call the test %s', (name) => {
    const root = folderWith('Train/a/1.jpg', 'Train/b/1.jpg', `${name}/a/1.jpg`, `${name}/b/1.jpg`);
    expect(read(root).test?.n).toBe(2);
  });

  it('leave out a test folder without classes, as that of ImageNet, and a validation next to a test', () => {
    const root = folderWith('train/a/1.jpg', 'train/b/1.jpg', 'val/a/1.jpg', 'val/b/1.jpg', 'test/1.jpg');
    expect(listed(root, read(root).test)).toEqual(['val/a/1.jpg 0', 'val/b/1.jpg 1']);
    expect(read(root).notes).toEqual([`${root}: the folder test is not used: it has no class folders`]);
    addFiles(root, 'test/a/1.jpg');
    expect(read(root).notes[0]).toBe(`${root}: the folder val is not used: test is the test part`);
  });

  it('with a class for the test only are refused', () => {
    const root = folderWith('train/a/1.jpg', 'train/b/1.jpg', 'val/d/1.jpg');
    expect(failureOf(() => read(root)).message).toContain('got d, of which there are no train images');
  });

  it('next to class folders are refused, since train may be a class; train with images right in it is one', () => {
    const root = folderWith('train/a/1.jpg', 'train/b/1.jpg', 'bus/1.jpg');
    expect(failureOf(() => read(root)).message).toContain('got bus next to train');
    expect(read(folderWith('train/1.jpg', 'bus/1.jpg')).classNames).toEqual(['bus', 'train']);
  });
});

describe('folders that are no classes of images', () => {
  it('are refused with what is there', () => {
    expect(failureOf(() => read(folderWith('1.jpg', '2.jpg'))).message).toContain('got 2 images without one');
    expect(failureOf(() => read(folderWith('a.txt'))).message).toContain('got no folder');
    expect(failureOf(() => read(folderWith('a/1.jpg'))).message).toContain('at least 2 classes; got 1');
    expect(failureOf(() => read(folderWith('a/1.bmp', 'b/1.tiff'))).remedy).toContain('convert the 2 images');
    expect(failureOf(() => read('/nowhere')).message).toContain('no such file (ENOENT)');
  });
});

describe('links', () => {
  it('inside the folder are followed; those out of it are refused, unless the source allows them', () => {
    const [root, outside] = [folderWith('a/1.jpg', 'b/1.jpg'), folderWith('2.jpg')];
    symlinkSync(join(root, 'a/1.jpg'), join(root, 'b/0.jpg'));
    symlinkSync(join(root, 'a'), join(root, 'c'));
    expect(listed(root, read(root).train)).toEqual(['a/1.jpg 0', 'b/0.jpg 1', 'b/1.jpg 1', 'c/1.jpg 2']);
    symlinkSync(outside, join(root, 'd'));
    const failure = failureOf(() => read(root));
    expect([failure.kind, failure.remedy]).toEqual([
      'data',
      'set followLinks: true in the source if the images there belong to it',
    ]);
    expect(listed(root, readImageFolder(root, { followLinks: true }).train)).toContain('d/2.jpg 3');
  });

  it('that lead round in a circle end, and are counted in a note', () => {
    const root = folderWith('a/1.jpg', 'b/1.jpg');
    symlinkSync(root, join(root, 'a/up'));
    symlinkSync(join(root, 'b'), join(root, 'a/b'));
    symlinkSync(join(root, 'a'), join(root, 'b/a'));
    const { train, notes } = read(root);
    expect(listed(root, train)).toEqual(['a/1.jpg 0', 'a/b/1.jpg 0', 'b/1.jpg 1', 'b/a/1.jpg 1']);
    expect(notes.join()).toContain('links that lead round in a circle');
  });

  it('that lead nowhere are refused', () => {
    const root = folderWith('a/1.jpg', 'b/1.jpg');
    symlinkSync(join(root, 'gone.jpg'), join(root, 'a/2.jpg'));
    expect(failureOf(() => read(root)).message).toBe(
      `${join(root, 'a/2.jpg')}: expected a file or folder; got no such file (ENOENT)`,
    );
  });
});

describe('the images of a folder', () => {
  it('are read as they are; empty ones and folders with an image name are refused', async () => {
    const root = folderWith('a/1.jpg', 'b/1.jpg');
    writeFileSync(join(root, 'b/2.jpg'), '');
    mkdirSync(join(root, 'b/3.jpg'));
    const { train } = read(root);
    expect(train.n).toBe(3);
    expect(Buffer.from(await train.bytes(0)).toString()).toBe('a/1.jpg');
    expect((await failureOfAsync(() => train.bytes(2))).message).toContain(
      '2.jpg: expected an image; got an empty file',
    );
  });

  it('have a fingerprint that changes with names, classes and sizes, and with nothing else', async () => {
    const [root, same] = [folderWith('a/1.jpg', 'b/1.jpg'), folderWith('a/1.jpg', 'b/1.jpg')];
    const sum = async (folder: string) => read(folder).train.fingerprint();
    expect(await sum(root)).toBe(await sum(same));
    writeFileSync(join(same, 'b/1.jpg'), 'longer than before');
    const longer = await sum(same);
    addFiles(root, 'b/2.jpg');
    expect(new Set([await sum(root), longer, await sum(folderWith('a/1.jpg', 'b/1.jpg'))]).size).toBe(3);
  });
});

it('an empty folder is no set of images', () => {
  expect(failureOf(() => read(newFolder())).kind).toBe('data');
});
