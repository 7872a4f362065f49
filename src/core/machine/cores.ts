/** Counts the cores that this process may use, from its affinity and the quotas of its control groups. */
import { availableParallelism } from 'node:os';
import { controlGroups, textIn } from './control-groups.js';

/** The number of cores that this process may use, at least 1; containers often grant fewer than the machine has. */
export function usableCores(): number {
  const quota = coreQuota();
  return Math.max(1, Math.min(availableParallelism(), quota === undefined ? Infinity : Math.ceil(quota)));
}

/** The fewest cores that any control group of this process grants, possibly a fraction; `undefined` without a limit. */
export function coreQuota(root = '/'): number | undefined {
  const quotas = controlGroups('cpu', root)
    .map(groupQuota)
    .filter((quota) => quota > 0);
  return quotas.length === 0 ? undefined : Math.min(...quotas);
}

/** The quota of one group in cores; not above 0, or NaN, without a limit. */
function groupQuota(folder: string): number {
  const ofVersion1 = () => ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => textIn(folder, name)).join(' ');
  const [quota, period] = (textIn(folder, 'cpu.max') ?? ofVersion1()).trim().split(/\s+/);
  return Number(quota) / Number(period);
}
