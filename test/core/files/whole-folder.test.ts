import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { requireNewFolder, writeFolder } from '#core/files/whole-folder';
import { failureOf, newFolder } from '#test/data/fixtures';

describe('a folder written whole', () => {
  it('has its files, those in parts too, and those above it are made', () => {
    const folder = join(newFolder(), 'a', 'b');
    writeFolder(folder, [
      { name: 'text', content: 'ä' },
      { name: 'bytes', content: [Uint8Array.of(1), Uint8Array.of(2, 3)] },
      { name: 'inner/most/text', content: 'b' },
    ]);
    expect(readdirSync(folder).sort()).toEqual(['bytes', 'inner', 'text']);
    expect(readFileSync(join(folder, 'inner', 'most', 'text'), 'utf8')).toBe('b');
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('ä');
    expect([...readFileSync(join(folder, 'bytes'))]).toEqual([1, 2, 3]);
  });

  it('does not exist if one of its files could not be written', () => {
    const root = newFolder();
    const files = [
      { name: 'whole', content: 'whole' },
      { name: 'whole/inside', content: '' },
    ];
    const failure = failureOf(() => writeFolder(join(root, 'a'), files));
    expect(failure.message).toBe(
      `${join(root, 'a')}: could not write 2 files: a file where a folder should be (EEXIST)`,
    );
    expect(readdirSync(root)).toEqual([]);
  });

  it('does not exist after the process is killed, and is written whole the next time', () => {
    const root = newFolder();
    const module = pathToFileURL(resolve('dist/core/files/whole-folder.js'));
    const killed = `
      import { writeFolder } from '${module}';
      const last = { name: 'b', get content() { process.kill(process.pid, 'SIGKILL'); return ''; } };
      writeFolder('a', [{ name: 'a', content: 'a' }, last]);`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', killed], { cwd: root });
    expect(signal).toBe('SIGKILL');
    expect(readdirSync(root)).toEqual([expect.stringMatching(/^a\.part-\d+$/)]);
    writeFolder(join(root, 'a'), [{ name: 'a', content: 'a' }]);
    expect(readdirSync(root)).toEqual(['a']);
  });

  it('removes the remains of killed processes, but not the files of living ones', () => {
    const root = newFolder();
    const dead = 2 ** 22 + 1; // above the largest process id of Linux
    for (const pid of [dead, process.ppid]) mkdirSync(join(root, `a.part-${pid}`));
    writeFileSync(join(root, `a.part-${dead}`, 'half'), '');
    writeFolder(join(root, 'a'), []);
    expect(readdirSync(root).sort()).toEqual(['a', `a.part-${process.ppid}`]);
  });

  it('is refused if it exists', () => {
    const folder = newFolder();
    const failure = failureOf(() => requireNewFolder(folder, '--out'));
    expect(failure.kind).toBe('usage');
    expect(failure.message).toBe(`${folder}: expected a folder that is not there yet; got one that is`);
    expect(failure.remedy).toContain('--out');
    expect(existsSync(folder)).toBe(true);
  });
});
