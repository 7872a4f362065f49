import { execFileSync } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coreQuota, usableCores } from '#core/machine/cores';
import { fileTree, mountOf } from '#test/core/files/file-tree';

describe('the quota of cores', () => {
  const period = { 'cpu.cfs_period_us': '100000\n' };
  const version2 = {
    'proc/self/cgroup': '0::/job/step\n',
    'proc/self/mountinfo': mountOf('/', '/sys/fs/cgroup', 'cgroup2'),
  };

  it('is the least along the path of the process, in version 2', () => {
    const grants = (...[top, job, step]: string[]) =>
      coreQuota(
        fileTree({
          ...version2,
          ...(top && { 'sys/fs/cgroup/cpu.max': top }),
          ...(job && { 'sys/fs/cgroup/job/cpu.max': job }),
          ...(step && { 'sys/fs/cgroup/job/step/cpu.max': step }),
          'sys/fs/cgroup/other/cpu.max': '1000 100000\n',
        }),
      );
    expect(grants()).toBeUndefined();
    expect(grants('', 'max 100000\n', 'max 100000\n')).toBeUndefined();
    expect(grants('', '150000 100000\n', 'max 100000\n')).toBe(1.5);
    expect(grants('', '400000 100000\n', '50000 50000\n')).toBe(1);
    expect(grants('300000 100000\n', 'max 100000\n', '400000 100000\n')).toBe(3);
  });

  it('is the least along the path of the process, in version 1', () => {
    const tree = {
      'proc/self/cgroup': '5:memory:/other\n4:cpu,cpuacct:/job/step\n0::/\n',
      'proc/self/mountinfo': [
        mountOf('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
        mountOf('/', '/sys/fs/cgroup/unified', 'cgroup2'),
      ].join(''),
    };
    const folder = 'sys/fs/cgroup/cpu,cpuacct';
    const grants = (job: number, step: number) =>
      coreQuota(
        fileTree({
          ...tree,
          [`${folder}/job`]: { 'cpu.cfs_quota_us': `${job}\n`, ...period },
          [`${folder}/job/step`]: { 'cpu.cfs_quota_us': `${step}\n`, ...period },
        }),
      );
    expect([grants(-1, -1), grants(100_000, -1), grants(-1, 250_000), grants(400_000, 50_000)]).toEqual([
      undefined,
      1,
      2.5,
      0.5,
    ]);
  });

  it('is found where only the part of a container is mounted, under a name with a blank', () => {
    const root = fileTree({
      'proc/self/cgroup': '4:cpu:/docker/1f:2/job\n',
      'proc/self/mountinfo': mountOf('/docker/1f:2', '/groups\\040of\\040cpu', 'cgroup', 'rw,cpu'),
      'groups of cpu/job': { 'cpu.cfs_quota_us': '-1\n', ...period },
      'groups of cpu': { 'cpu.cfs_quota_us': '200000\n', ...period },
    });
    expect(coreQuota(root)).toBe(2);
  });

  it.each([
    ['elsewhere', '/docker/1f', '/docker/1f2'],
    ['outside the namespace', '/', '/../job'],
  ])('of a group %s is not that of what is mounted', (_, top, path) => {
    const root = fileTree({
      'proc/self/cgroup': `0::${path}\n`,
      'proc/self/mountinfo': mountOf(top, '/sys/fs/cgroup', 'cgroup2'),
      'sys/fs/cgroup/cpu.max': '100000 100000\n',
    });
    expect(coreQuota(root)).toBeUndefined();
  });

  it('is none where there are no control groups', () => {
    expect(coreQuota(fileTree({}))).toBeUndefined();
  });

  const real = madeGroups();
  it.skipIf(real === undefined)('holds for a real process in a nested group', () => {
    const { join: enter, remove } = real as NonNullable<typeof real>;
    const program = 'import(process.argv[1]).then(({ usableCores }) => console.log(usableCores()))';
    try {
      const script = `${enter}; exec "$0" -e "$1" "$2"`;
      const args = ['-c', script, process.execPath, program, resolve('dist/core/machine/cores.js')];
      expect(execFileSync('sh', args, { encoding: 'utf8' })).toBe('1\n');
    } finally {
      remove();
    }
  });
});

/** A version 1 or 2 group of one core that contains a group without a limit; undefined if this user may not create one. */
function madeGroups() {
  if (process.platform !== 'linux' || availableParallelism() < 2) return undefined;
  for (const [top, file, quota] of [
    ['/sys/fs/cgroup/cpu', 'cpu.cfs_quota_us', '100000'],
    ['/sys/fs/cgroup', 'cpu.max', '100000 100000'],
  ] as const) {
    const outer = join(top, `mnv4-test-${process.pid}`);
    const inner = join(outer, 'inner');
    const remove = () => {
      for (const folder of [inner, outer]) rmdirSync(folder);
    };
    try {
      mkdirSync(inner, { recursive: true });
      writeFileSync(join(outer, file), quota);
      return { join: `echo $$ > ${inner}/cgroup.procs`, remove };
    } catch {
      try {
        remove();
      } catch {
        // nothing to remove
      }
    }
  }
  return undefined;
}

it('counts at least one core', () => {
  expect(usableCores()).toBeGreaterThanOrEqual(1);
});
