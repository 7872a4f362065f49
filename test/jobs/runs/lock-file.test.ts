import { linkSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { created } from '#jobs/runs/lock-file';
import { temporaryFolder } from './run-fixture.js';

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, linkSync: vi.fn(fs.linkSync) };
});

const { linkSync: realLink } = await vi.importActual<typeof import('node:fs')>('node:fs');

function refused(code: string): never {
  throw Object.assign(new Error(code), { code });
}

beforeEach(() => void vi.mocked(linkSync).mockImplementation(realLink));

describe('a lock file', () => {
  it('is created once, whole, and leaves no other name', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'run.lock');
    expect([created(file, 'a'), created(file, 'b')]).toEqual([true, false]);
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['a', ['run.lock']]);
  });

  it('is ours if a network file server made the link and its reply was lost', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'run.lock');
    vi.mocked(linkSync).mockImplementationOnce((from, to) => {
      realLink(from, to);
      refused('EEXIST'); // the answer to the repeated request
    });
    expect([created(file, 'a'), readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([true, 'a', ['run.lock']]);
  });

  it.each(['EPERM', 'ENOTSUP'])('is created exclusively where links fail with %s', (code) => {
    const folder = temporaryFolder();
    const file = join(folder, 'run.lock');
    vi.mocked(linkSync).mockImplementation(() => refused(code));
    expect([created(file, 'a'), created(file, 'b')]).toEqual([true, false]);
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['a', ['run.lock']]);
  });

  it('cannot be created where the file system refuses', () => {
    const folder = temporaryFolder();
    vi.mocked(linkSync).mockImplementation(() => refused('EIO'));
    expect(() => created(join(folder, 'run.lock'), 'a')).toThrow('EIO');
    expect(readdirSync(folder)).toEqual([]);
  });
});
