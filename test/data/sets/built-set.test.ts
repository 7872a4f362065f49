import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtSetFolder, openSet } from '#data/sets/built-set';
import { failureOf, newFolder } from '#test/data/fixtures';
import { tinySet } from '#test/data/set-fixture';

const cacheBefore = process.env['MNV4_CACHE'];
const cache = newFolder();
beforeAll(() => {
  process.env['MNV4_CACHE'] = cache;
});
afterAll(() => {
  if (cacheBefore === undefined) delete process.env['MNV4_CACHE'];
  else process.env['MNV4_CACHE'] = cacheBefore;
});

const least = 'name: r\nsource: { dataset: mnist }\nheld: 10\nteacher: [{ network: n.yaml, training: t.yaml }]\n';

/** A recipe in a separate folder, next to the files that it names. */
function recipe(text = least, training = 'epochs: 1'): string {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of [
    ['r.dataset.yaml', text],
    ['n.yaml', 'a network'],
    ['t.yaml', training],
  ] as const) {
    writeFileSync(join(folder, name), content);
  }
  return join(folder, 'r.dataset.yaml');
}

const nameOf = (file: string) => basename(builtSetFolder(file));

describe("a recipe's set lies in the cache under a name", () => {
  it('that is the same for the same recipe and teacher, wherever they stand', () => {
    expect(nameOf(recipe())).toMatch(/^r-[0-9a-f]{12}$/);
    expect(nameOf(recipe())).toBe(nameOf(recipe()));
  });

  it('that stays when keys of the recipe or of a training get their new names', () => {
    const [before, after] = [
      recipe(least, 'shares: 2'),
      recipe(least.replace('held', 'validation'), 'microBatches: 2'),
    ];
    expect(nameOf(after)).toBe(nameOf(before));
  });

  it('that changes with the recipe and with how the teacher is trained', () => {
    const names = [recipe(), recipe(least.replace('10', '11')), recipe(least, 'epochs: 2')].map(nameOf);
    expect(new Set(names).size).toBe(3);
  });

  it('that changes with the place of images in a folder', () => {
    const local = least.replace('{ dataset: mnist }', '{ format: idx, folder: images }');
    expect(nameOf(recipe(local))).not.toBe(nameOf(recipe(local)));
  });

  it.each([
    [
      'a name that would lead out of the cache',
      least.replace('name: r', 'name: ../r'),
      '1:7: name: expected a name of',
    ],
    ['no list of teachers', 'name: r\nsource: {}\nteacher: x\n', '3:10: teacher: expected a list of teachers; got x'],
    [
      'a teacher that is none',
      'name: r\nsource: {}\nteacher: [~, 3]\n',
      '3:11: teacher[0]: expected a teacher; got null',
    ],
  ])('but not of a recipe with %s', (_, text, message) => {
    const file = recipe(text);
    const failure = failureOf(() => builtSetFolder(file));
    expect([failure.kind, failure.message]).toEqual(['config', expect.stringContaining(`${file}:${message}`)]);
  });
});

describe('opening', () => {
  it('a set that is not built says how to build it', () => {
    const file = recipe();
    const failure = failureOf(() => openSet({ recipe: file }));
    expect([failure.exitCode, failure.message, failure.remedy]).toEqual([
      4,
      `${file}: expected its set in ${builtSetFolder(file)}; got none`,
      `build it: mnv4-nas dataset build ${file}`,
    ]);
  });

  it('finds it by recipe once it is, or by its folder', async () => {
    const file = recipe();
    await tinySet(builtSetFolder(file));
    expect(openSet({ recipe: file }).manifest).toEqual(openSet({ folder: builtSetFolder(file) }).manifest);
  });
});
