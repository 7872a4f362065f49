/** Determines the memory that this process may use: the machine's, within the limits of its control groups. */
import { freemem, totalmem } from 'node:os';
import { controlGroups, textIn } from './control-groups.js';

export interface UsableMemory {
  /** Bytes available for allocation, including cached files, which the kernel evicts. */
  readonly available: number;
  /** Bytes of the machine, or the lowest limit of a control group. */
  readonly total: number;
}

/** Memory of this machine or container; `process.availableMemory` ignores the limits of parent control groups. */
export function usableMemory(root = '/'): UsableMemory {
  const all = [machineMemory(root), ...controlGroups('memory', root).map(groupMemory)];
  const least = (values: number[]) => Math.max(0, Math.min(...values));
  return { available: least(all.map(({ available }) => available)), total: least(all.map(({ total }) => total)) };
}

function machineMemory(root: string): UsableMemory {
  const text = textIn(root, 'proc/meminfo') ?? '';
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1]);
  return { available: bytes('MemAvailable') || freemem(), total: bytes('MemTotal') || totalmem() };
}

/** The memory within a group's limit; infinite without one. */
function groupMemory(folder: string): UsableMemory {
  const bytes = (name: string) => Number(textIn(folder, name)?.trim() || Number.NaN);
  const limits = ['memory.max', 'memory.high', 'memory.limit_in_bytes'].map(bytes).filter(Number.isFinite);
  const total = Math.min(...limits);
  const used = [bytes('memory.current'), bytes('memory.usage_in_bytes')].find(Number.isFinite) ?? 0;
  return { total, available: total - used + cachedFiles(textIn(folder, 'memory.stat') ?? '') };
}

/** Bytes of cached files; version 1 includes child groups only in its `total_` entries. */
function cachedFiles(statistics: string): number {
  const prefix = statistics.includes('\ntotal_') ? 'total_' : '';
  const bytes = (name: string) => Number(new RegExp(`^${prefix}${name} (\\d+)$`, 'm').exec(statistics)?.[1] ?? 0);
  return bytes('inactive_file') + bytes('active_file');
}
