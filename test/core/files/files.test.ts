import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText } from '#core/documents/document';
import {
  makeFolders,
  namesIn,
  readBytes,
  readJson,
  sha256,
  statsOf,
  systemProblem,
  writeAtomically,
} from '#core/files/files';
import { failureOf, newFolder } from '#test/data/fixtures';

it('SHA-256 of parts is that of the whole', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'); // FIPS 180-2
  expect(sha256('a', new Uint8Array([98]), 'c')).toBe(sha256('abc'));
});

it('a path that goes through a file has no stats, nor has a missing one', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a'), 'abc');
  expect(['', 'a', 'a/b', 'c', 'c/d'].map((path) => statsOf(join(folder, path))?.isFile())).toEqual([
    false,
    true,
    undefined,
    undefined,
    undefined,
  ]);
});

describe('reading', () => {
  it('gives bytes and JSON, or a data failure that says why not', () => {
    const folder = newFolder();
    const file = join(folder, 'a.json');
    writeFileSync(file, '{"a": 1}');
    expect(readJson(file)).toEqual({ a: 1 });
    writeFileSync(file, '{"a": ');
    expect(failureOf(() => readJson(file))).toMatchObject({ kind: 'data', exitCode: 4 });
    expect(failureOf(() => readJson(file)).message).toMatch(/a\.json: expected JSON; got: /);
    writeFileSync(file, `${'['.repeat(1e5)}${']'.repeat(1e5)}`);
    expect(failureOf(() => readJson(file)).message).toMatch(/a\.json: expected at most 64 levels of JSON; got more$/);
    const missing = failureOf(() => readBytes(join(folder, 'b'), 'look elsewhere'));
    expect([missing.message, missing.remedy]).toEqual([
      `${join(folder, 'b')}: expected a readable file; got no such file (ENOENT)`,
      'look elsewhere',
    ]);
    expect(failureOf(() => readBytes(folder)).message).toMatch(/got a folder \(EISDIR\)$/);
  });
});

describe('an endless or too large file', () => {
  it.runIf(process.platform === 'linux')(
    'is refused before it is read: pipes, devices, links round in a circle',
    () => {
      const folder = newFolder();
      const [pipe, circle] = [join(folder, 'pipe'), join(folder, 'circle')];
      spawnSync('mkfifo', [pipe]);
      symlinkSync('circle', circle);
      for (const [file, got] of [
        [pipe, 'a pipe or a device'],
        ['/dev/zero', 'a pipe or a device'],
        [circle, 'links that lead round in a circle (ELOOP)'],
      ] as const) {
        expect(failureOf(() => readText(file)).message).toBe(`${file}: expected a readable file; got ${got}`);
        expect(failureOf(() => readBytes(file))).toMatchObject({ kind: 'data' });
      }
    },
  );

  it('is refused where people write it: more than 256 KiB of text', () => {
    const file = join(newFolder(), 'a.yaml');
    writeFileSync(file, 'a'.repeat(2 ** 18));
    expect(readText(file)).toHaveLength(2 ** 18);
    writeFileSync(file, 'a'.repeat(2 ** 18 + 1));
    expect(failureOf(() => readText(file)).message).toMatch(/got 262145 bytes, where at most 262144 make sense$/);
    expect(readBytes(file)).toHaveLength(2 ** 18 + 1);
  });
});

it('a missing folder has no names, and reading the names of a file is a failure', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a'), '');
  expect([namesIn(folder), namesIn(join(folder, 'b'))]).toEqual([['a'], []]);
  expect(failureOf(() => namesIn(join(folder, 'a'))).message).toMatch(
    /a: expected a folder; got a file where a folder/,
  );
});

describe('writing', () => {
  it('makes the folders above, joins the parts and leaves nothing else', () => {
    const file = join(newFolder(), 'a', 'b', 'c.txt');
    writeAtomically(file, 'one, ', new Uint8Array([50]));
    writeAtomically(file, 'two');
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(join(file, '..'))).toEqual(['c.txt']);
  });

  it.runIf(process.platform === 'linux')('that the disk refuses leaves what was there', () => {
    const file = join(newFolder(), 'a.txt');
    writeAtomically(file, 'before');
    symlinkSync('/dev/full', `${file}.part-${process.pid}`);
    const failure = failureOf(() => writeAtomically(file, 'after'));
    expect([failure.message, failure.remedy]).toEqual([
      `${file}: could not write 5 bytes: no space left on the disk (ENOSPC)`,
      'free some space, then run the same command again: what is finished is kept',
    ]);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(existsSync(`${file}.part-${process.pid}`)).toBe(false);
  });

  it('into a folder that is a file is a data failure', () => {
    const file = join(newFolder(), 'a');
    writeFileSync(file, '');
    const failure = failureOf(() => writeAtomically(join(file, 'b'), 'x'));
    expect(failure.message).toMatch(/could not write 1 bytes: a file where a folder should be \((ENOTDIR|EEXIST)\)$/);
  });
});

describe('making folders', () => {
  it('makes those above too, and is content with what is there', () => {
    const folder = join(newFolder(), 'a', 'b', 'c');
    makeFolders(folder);
    makeFolders(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
    mkdirSync(join(folder, 'd'));
    symlinkSync(join(folder, 'd'), join(folder, 'link'));
    makeFolders(join(folder, 'link'));
  });

  it('fails with what is in the way', () => {
    const file = join(newFolder(), 'a');
    writeFileSync(file, '');
    const problem = (act: () => void) => {
      try {
        act();
      } catch (error) {
        return systemProblem(error);
      }
      return 'none';
    };
    expect(problem(() => makeFolders(file))).toBe('a file where a folder should be (EEXIST)');
    expect(problem(() => makeFolders(join(file, 'b', 'c')))).toBe('a file where a folder should be (ENOTDIR)');
    expect(systemProblem(Object.assign(new Error(), { code: 'EROFS' }))).toBe('a read-only file system (EROFS)');
    expect(systemProblem(new Error('something else'))).toBe('something else');
  });
});
