import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tableAt } from '#data/images/folders/find-table';
import { readImageTable } from '#data/images/folders/image-table';
import { failureOf, removeFolders } from '#test/data/fixtures';
import { folderWith, listed } from './folder-fixtures.js';

afterAll(removeFolders);

/** A folder with the images a.jpg, b.jpg and sub/c.jpg, and a table of this content. */
function tableOf(...lines: readonly string[]): { readonly root: string; readonly file: string } {
  const root = folderWith('a.jpg', 'b.jpg', 'sub/c.jpg');
  const file = join(root, 'labels.csv');
  writeFileSync(file, lines.join('\n'));
  return { root, file };
}

const read = (file: string, classNames?: readonly string[]) => readImageTable(file, { followLinks: false, classNames });

describe('a table of path and label', () => {
  it('labels images by name; classes are sorted by code point', () => {
    const { root, file } = tableOf('label,path', 'dog,a.jpg', '"Cat",./sub//c.jpg', 'bee,b.jpg');
    const { classNames, train, test } = read(file);
    expect(classNames).toEqual(['Cat', 'bee', 'dog']);
    expect(listed(root, train)).toEqual(['a.jpg 2', 'sub/c.jpg 0', 'b.jpg 1']);
    expect(test).toBeUndefined();
  });

  it('labels them by number; numbers that do not count from 0 are names, which a note says', () => {
    const counted = tableOf('path,label', 'a.jpg,1', 'b.jpg,0', 'sub/c.jpg,2');
    expect(read(counted.file)).toMatchObject({ classNames: ['0', '1', '2'], notes: [] });
    const { root, file } = tableOf('path,label', 'a.jpg,10', 'b.jpg,9');
    const { classNames, train, notes } = read(file);
    expect([classNames, listed(root, train)]).toEqual([
      ['9', '10'],
      ['a.jpg 1', 'b.jpg 0'],
    ]);
    expect(notes).toEqual([`${file}: the labels 9 to 10 are taken as the names of 2 classes`]);
  });

  it('takes labels as names or numbers of the classes that are given', () => {
    const { root, file } = tableOf('path,label', 'a.jpg,cat', 'b.jpg,0', 'sub/c.jpg,1');
    expect(listed(root, read(file, ['dog', 'cat']).train)).toEqual(['a.jpg 1', 'b.jpg 0', 'sub/c.jpg 1']);
    const wrong = tableOf('path,label', 'a.jpg,cats', 'b.jpg,2');
    expect(failureOf(() => read(wrong.file, ['dog', 'cat'])).message).toBe(
      `${wrong.file}:2:7: label: expected one of classNames, or a number from 0 to 1; got cats; did you mean cat?\n` +
        `${wrong.file}:3:7: label: expected one of classNames, or a number from 0 to 1; got "2"`,
    );
  });

  it('keeps labels and paths as they are written', () => {
    const root = folderWith('001', '1e3.jpg');
    const file = join(root, 't.csv');
    writeFileSync(file, 'path,label\n001,007\n1e3.jpg,x\n');
    expect(read(file).classNames).toEqual(['007', 'x']);
    expect(listed(root, read(file).train)).toEqual(['001 0', '1e3.jpg 1']);
  });

  it('divides images by the column split; validation is the test if there is no test', () => {
    const { root, file } = tableOf('path,label,split', 'a.jpg,x,train', 'b.jpg,y,Val', 'sub/c.jpg,y,test');
    expect(listed(root, read(file).test)).toEqual(['sub/c.jpg 1']);
    expect(read(file).notes).toEqual([`${file}: 1 rows of the split val are not used: test is the test part`]);
    const other = tableOf('path,label,split', 'a.jpg,x,training', 'b.jpg,y,valid');
    expect(listed(other.root, read(other.file).test)).toEqual(['b.jpg 1']);
    const wrong = tableOf('path,label,split', 'a.jpg,x,tarin', 'b.jpg,y,');
    expect(failureOf(() => read(wrong.file)).message).toBe(
      `${wrong.file}:2:9: split: expected train, val or test; got tarin\n` +
        `${wrong.file}:3:9: split: expected train, val or test; got nothing`,
    );
  });
});

describe('a path of a table', () => {
  it.each([
    ['../a.jpg', 'expected a path inside the folder of the table; got ../a.jpg'],
    ['sub/../../a.jpg', 'expected a path inside the folder of the table; got sub/../../a.jpg'],
    ['/etc/hostname', 'expected a path inside the folder of the table; got /etc/hostname'],
    ['gone.jpg', 'expected an image file; got no gone.jpg'],
    ['sub\\c.jpg', 'expected an image file; got no sub\\c.jpg: write / between folders'],
    ['sub', 'expected an image file; got sub, which is none'],
    ['./a.jpg', 'expected each path once; got ./a.jpg again, as in row 1'],
    ['', 'expected a path; got nothing'],
  ])('%j is refused at its line', (path, problem) => {
    const { file } = tableOf('path,label', 'a.jpg,x', `${path},y`);
    const { kind, message } = failureOf(() => read(file));
    expect([kind, message]).toEqual(['data', `${file}:3:1: path: ${problem}`]);
  });

  it('behind a link out of the folder is refused unless the source allows it', () => {
    const { root, file } = tableOf('path,label', 'a.jpg,x', 'link.jpg,y', 'away/o.jpg,y');
    const outside = folderWith('o.jpg');
    symlinkSync(join(outside, 'o.jpg'), join(root, 'link.jpg'));
    symlinkSync(outside, join(root, 'away'));
    const message = 'expected a path inside the folder of the table; got';
    expect(failureOf(() => read(file)).message).toBe(
      `${file}:3:1: path: ${message} link.jpg, a link out of it\n${file}:4:1: path: ${message} away/o.jpg, a link out of it`,
    );
    expect(readImageTable(file, { followLinks: true }).train.n).toBe(3);
  });
});

describe('a folder with tables', () => {
  it('has one with path and label; others are not asked', () => {
    const { root, file } = tableOf('\ufeff# made by hand', 'PATH;Label', 'a.jpg;x', 'b.jpg;y');
    writeFileSync(join(root, 'other.csv'), 'id,price\n1,2\n');
    mkdirSync(join(root, 'x.csv'));
    expect([tableAt(root), tableAt(file)]).toEqual([file, file]);
    expect(read(file).classNames).toEqual(['x', 'y']);
    writeFileSync(join(root, 'more.tsv'), 'path\tlabel\n');
    expect(failureOf(() => tableAt(root)).message).toContain('got labels.csv and more.tsv');
  });

  it('without rows, or with one class, is refused', () => {
    expect(failureOf(() => read(tableOf('path,label').file)).message).toContain('rows of images below the header');
    expect(failureOf(() => read(tableOf('path,label', 'a.jpg,x').file)).message).toContain('at least 2 classes; got 1');
    expect(failureOf(() => read(tableOf('path,name', 'a.jpg,x').file))).toMatchObject({ kind: 'data' });
  });
});
