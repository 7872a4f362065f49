import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderCheck, folderChecks } from '#cli/commands/folder-checks';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mnv4-doctor-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const needs = { minBytes: 1, room: 'make room', other: 'take another' };

describe("doctor's look at a folder", () => {
  it('passes a folder with enough room that does not exist yet', () => {
    expect(folderCheck('disk', join(folder, 'a', 'b'), needs)).toMatchObject({ ok: true, remedy: null });
  });

  it('names the problem: too little room, a file in its place or above it, a folder that cannot exist', () => {
    writeFileSync(join(folder, 'file'), '');
    const found = [
      folderCheck('disk', folder, { ...needs, minBytes: Number.POSITIVE_INFINITY }),
      ...['file', 'file/below'].map((name) => folderCheck('disk', join(folder, name), needs)),
    ];
    expect(found.map(({ ok, remedy }) => [ok, remedy])).toEqual([
      [false, 'make room'],
      [false, 'take another'],
      [false, 'take another'],
    ]);
    expect(found[1]?.detail).toBe(`${join(folder, 'file')}: a file where a folder should be (ENOTDIR)`);
  });

  it('reports a missing home folder for the cache as a failed check', () => {
    for (const name of ['HOME', 'XDG_CACHE_HOME', 'MNV4_CACHE']) vi.stubEnv(name, '');
    const [cache, runs] = folderChecks();
    expect(cache).toEqual({
      name: 'disk for the cache',
      ok: false,
      detail: 'no folder for the cache: this user has no home folder (HOME)',
      remedy: 'set MNV4_CACHE=FOLDER to a folder that this user may write to',
    });
    expect(runs?.name).toBe('disk for runs');
  });
});
