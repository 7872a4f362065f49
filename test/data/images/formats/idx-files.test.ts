import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { idxPaths, located } from '#data/images/formats/idx-files';
import { failureOf, newFolder } from '#test/data/fixtures';

function folderOf(...names: string[]): string {
  const folder = newFolder();
  for (const name of names) writeFileSync(join(folder, name), '');
  return folder;
}

function found(...names: string[]): string[] {
  const { prefix, ...paths } = idxPaths(folderOf(...names));
  return [prefix, ...Object.values(paths).map((path) => basename(path))];
}

const named = (prefix: string, test: string, dash = '-', end = '') =>
  ['train', test].flatMap((part) => [
    `${prefix}${part}-images${dash}idx3-ubyte${end}`,
    `${prefix}${part}-labels${dash}idx1-ubyte${end}`,
  ]);
const mnist = named('', 't10k');
const dotted = named('', 't10k', '.');

it.each([
  ["MNIST's names", mnist],
  ['the same with gzip', named('', 't10k', '-', '.gz')],
  ['dots before idx', dotted],
  ['test instead of t10k', named('', 'test')],
])('a set by %s is found', (_, names) => {
  expect(found(...names)).toEqual(['', ...names]);
});

it('a set whose names begin alike is found, and how they begin', () => {
  const letters = named('emnist-letters-', 'test', '-', '.gz');
  expect(found(...letters, 'emnist-letters-mapping.txt')).toEqual(['emnist-letters', ...letters]);
});

it("MNIST's own names come first, a plain file before a gzip one", () => {
  const others = [...dotted, ...named('', 'test'), ...named('', 't10k', '-', '.gz'), ...named('emnist-', 'test')];
  expect(found(...others, ...mnist)).toEqual(['', ...mnist]);
});

it('a folder that is called like a file is none', () => {
  const folder = folderOf(...dotted);
  mkdirSync(join(folder, mnist[0] as string));
  expect(idxPaths(folder).trainImages).toBe(join(folder, dotted[0] as string));
  expect(located(folder, mnist[0] as string)).toBe(join(folder, dotted[0] as string));
});

it('several sets in one folder are refused by name', () => {
  const folder = folderOf(...named('emnist-digits-', 'test'), ...named('emnist-letters-', 'test'));
  const failure = failureOf(() => idxPaths(folder));
  expect(failure.kind).toBe('data');
  expect(failure.message).toBe(`${folder}: expected one IDX set; got several: emnist-digits, emnist-letters`);
});

it('a file that is missing is named as the others are', () => {
  expect(found(...named('emnist-letters-', 'test').slice(0, 3)).at(-1)).toBe('emnist-letters-test-labels-idx1-ubyte');
  expect(found()).toEqual(['', ...mnist]);
});

it('a file in the place of the folder holds none of them', () => {
  const file = join(folderOf('a'), 'a');
  expect(located(file, 'data_batch_1.bin')).toBe(join(file, 'data_batch_1.bin'));
  expect(idxPaths(file)).toMatchObject({ prefix: '', trainImages: join(file, 'train-images-idx3-ubyte') });
});
