import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { coreQuota, usableCores } from '../../src/core/cores.js';

it('reads the quota of a control group of version 2 and of version 1; no limit is undefined', () => {
  const root = mkdtempSync(join(tmpdir(), 'mnv4-cgroup-'));
  expect(coreQuota(root)).toBeUndefined();
  mkdirSync(join(root, 'cpu'));
  writeFileSync(join(root, 'cpu/cpu.cfs_quota_us'), '-1\n');
  writeFileSync(join(root, 'cpu/cpu.cfs_period_us'), '100000\n');
  expect(coreQuota(root)).toBeUndefined();
  writeFileSync(join(root, 'cpu/cpu.cfs_quota_us'), '150000\n');
  expect(coreQuota(root)).toBe(1.5);
  writeFileSync(join(root, 'cpu.max'), 'max 100000\n');
  expect(coreQuota(root)).toBeUndefined();
  writeFileSync(join(root, 'cpu.max'), '200000 100000\n');
  expect(coreQuota(root)).toBe(2);
});

it('counts at least one core', () => {
  expect(usableCores()).toBeGreaterThanOrEqual(1);
});
