import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder, isInCache } from '#core/files/cache';
import { failureOf } from '#test/jobs/runs/run-fixture';
import { cacheFolder as cacheOfSetUp } from '../../../scripts/setup/cache.mjs';

/** Runs `action` with another HOME. */
function withHome<T>(home: string, action: () => T): T {
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  try {
    return action();
  } finally {
    process.env['HOME'] = before;
  }
}

describe.each([
  ['the cache', cacheFolder],
  ['the cache of the set-up', cacheOfSetUp],
])('%s', (_, folder) => {
  it.each([
    [{ MNV4_CACHE: '/mine', XDG_CACHE_HOME: '/shared' }, '/mine'],
    [{ MNV4_CACHE: '', XDG_CACHE_HOME: '/shared' }, '/shared/mnv4-nas'],
    [{}, '/home/me/.cache/mnv4-nas'],
    [{ XDG_CACHE_HOME: 'relative' }, '/home/me/.cache/mnv4-nas'], // the XDG specification: such a one is ignored
  ])('of %j is %s', (env, expected) => {
    expect(withHome('/home/me', () => folder(env))).toBe(expected);
  });

  it.each(['', 'relative'])('is missed where HOME is %j, and MNV4_CACHE named', (home) => {
    expect(() => withHome(home, () => folder({}))).toThrow('no folder for the cache');
    expect(withHome(home, () => folder({ MNV4_CACHE: '/mine' }))).toBe('/mine');
  });
});

it('a missing home is a usage failure with a remedy', () => {
  const { kind, remedy } = failureOf(() => withHome('', () => cacheFolder({})));
  expect([kind, remedy]).toEqual(['usage', 'set MNV4_CACHE=FOLDER to a folder that this user may write to']);
});

it('tells what lies in the cache, and says no where there is none', () => {
  const among = (path: string) => [isInCache(`${path}/sets/a`), isInCache(`${path}s/a`), isInCache(path)];
  expect(among(cacheFolder())).toEqual([true, false, false]);
  expect(withHome('', () => among('/tmp'))).toEqual([false, false, false]);
});

const stranger = { uid: 54_321, gid: 54_321, env: { PATH: process.env['PATH'] }, encoding: 'utf8' } as const;
const modules = ['dist/core/files/cache.js', 'scripts/setup/cache.mjs'].map((name) => resolve(name));
const canBeStranger =
  process.getuid?.() === 0 && spawnSync(process.execPath, ['--check', modules[0] as string], stranger).status === 0;

it.skipIf(!canBeStranger).each(modules)('of a user without an entry in the passwd file is missed: %s', (module) => {
  const script =
    'import(process.argv[1]).then(({ cacheFolder }) => cacheFolder({})).catch((e) => console.log(e.message))';
  const { stdout } = spawnSync(process.execPath, ['-e', script, module], stranger);
  expect(stdout).toBe('no folder for the cache: this user has no home folder (HOME)\n');
});
