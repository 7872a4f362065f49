import { describe, expect, it } from 'vitest';
import { usableMemory } from '#core/machine/usable-memory';
import { fileTree, mountOf } from '#test/core/files/file-tree';

const machine = { 'proc/meminfo': 'MemTotal:  2000 kB\nMemFree:  100 kB\nMemAvailable:  1500 kB\n' };

describe('usable memory', () => {
  it('is the memory of the machine without a limit', () => {
    expect(usableMemory(fileTree(machine))).toEqual({ available: 1500 * 1024, total: 2000 * 1024 });
  });

  it('is what the tightest group along the path leaves, files in its cache not counted, in version 2', () => {
    const root = fileTree({
      ...machine,
      'proc/self/cgroup': '0::/job/step\n',
      'proc/self/mountinfo': mountOf('/', '/sys/fs/cgroup', 'cgroup2'),
      'sys/fs/cgroup/job': {
        'memory.max': '100000\n',
        'memory.high': 'max\n',
        'memory.current': '70000\n',
        'memory.stat': 'anon 30000\ninactive_file 20000\nactive_file 5000\n',
      },
      'sys/fs/cgroup/job/step': { 'memory.max': 'max\n', 'memory.high': 'max\n', 'memory.current': '60000\n' },
    });
    expect(usableMemory(root)).toEqual({ available: 100_000 - 70_000 + 25_000, total: 100_000 });
  });

  it('is what the tightest group along the path leaves, in version 1', () => {
    const root = fileTree({
      ...machine,
      'proc/self/cgroup': '4:memory:/job/step\n',
      'proc/self/mountinfo': mountOf('/', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory'),
      'sys/fs/cgroup/memory/job': {
        'memory.limit_in_bytes': '100000\n',
        'memory.usage_in_bytes': '70000\n',
        'memory.stat': 'inactive_file 1\nactive_file 2\ntotal_inactive_file 20000\ntotal_active_file 5000\n',
      },
      'sys/fs/cgroup/memory/job/step': {
        'memory.limit_in_bytes': '9223372036854771712\n',
        'memory.usage_in_bytes': '60000\n',
      },
    });
    expect(usableMemory(root)).toEqual({ available: 55_000, total: 100_000 });
  });

  it('is none where a group uses more than its limit', () => {
    const root = fileTree({
      ...machine,
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': mountOf('/', '/sys/fs/cgroup', 'cgroup2'),
      'sys/fs/cgroup': { 'memory.high': '50000\n', 'memory.current': '60000\n' },
    });
    expect(usableMemory(root)).toEqual({ available: 0, total: 50_000 });
  });
});
