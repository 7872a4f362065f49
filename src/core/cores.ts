/** How much of the machine this process may use: cores by affinity and by the quota of its control group. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Cores this process may use, at least 1: containers often grant fewer than the machine has. */
export function usableCores(): number {
  const quota = coreQuota();
  return Math.max(1, Math.min(availableParallelism(), quota === undefined ? Infinity : Math.ceil(quota)));
}

/** Cores that the control group (version 2 or 1) grants, possibly a fraction; `undefined` without a limit. */
export function coreQuota(root = '/sys/fs/cgroup'): number | undefined {
  const [quota, period] = (read(`${root}/cpu.max`) ?? '').trim().split(/\s+/);
  if (period !== undefined) return cores(quota, period);
  return cores(read(`${root}/cpu/cpu.cfs_quota_us`), read(`${root}/cpu/cpu.cfs_period_us`));
}

function cores(quotaMicroseconds: string | undefined, periodMicroseconds: string | undefined): number | undefined {
  const value = Number(quotaMicroseconds) / Number(periodMicroseconds);
  return value > 0 ? value : undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
