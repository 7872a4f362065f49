/** Queries processes of this machine through the kernel and /proc. */
import { readFileSync, readlinkSync } from 'node:fs';

/** True if a process with that id exists, of any user; a zombie counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, but another user's
  }
}

export interface ProcessStatus {
  readonly isZombie: boolean;
  readonly parent: number;
  /** The process group, such as a shell job with all its children. */
  readonly group: number;
  /** Start time by the kernel's clock; distinguishes a process from a later one with the same id. */
  readonly born: string;
}

/** The status of a process; undefined if no such process exists or /proc does not show it. */
export function statusOf(pid: number): ProcessStatus | undefined {
  const text = procText(pid, 'stat');
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name in brackets may hold spaces
  const [state, parent, group] = fields;
  return { isZombie: state === 'Z', parent: Number(parent), group: Number(group), born: fields[19] as string };
}

/** A file of /proc about a process; undefined if it is unreadable or /proc belongs to another PID namespace. */
export function procText(pid: number, name: string): string | undefined {
  try {
    if (pid === process.pid) return readFileSync(`/proc/self/${name}`, 'utf8');
    return readlinkSync('/proc/self') === String(process.pid)
      ? readFileSync(`/proc/${pid}/${name}`, 'utf8')
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Identifies the process table that this process's id belongs to: the boot of the kernel and the PID namespace.
 * Processes with the same host name may have different tables, as containers do. Null if the system does not show it.
 */
export function processTable(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}
