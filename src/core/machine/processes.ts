/** Processes of this machine, as the kernel and /proc know them. */
import { readFileSync, readlinkSync } from 'node:fs';

/** True where a process of that id runs, whoever's it is; one that ended, but that its parent has not seen to, counts. */
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
  /** The process group: a shell's job, with all that it starts. */
  readonly group: number;
  /** Start time by the kernel's clock; tells a process from a later one with the same id. */
  readonly born: string;
}

/** The status of a process; undefined where there is none, or where the system does not say. */
export function statusOf(pid: number): ProcessStatus | undefined {
  const text = procText(pid, 'stat');
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name in brackets may hold spaces
  const [state, parent, group] = fields;
  return { isZombie: state === 'Z', parent: Number(parent), group: Number(group), born: fields[19] as string };
}

/** A file of /proc about a process; undefined where there is none, or where /proc shows other processes than ours. */
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
 * Names the table in which this process's id stands: the boot of the kernel and the PID namespace. Processes of one host
 * name may have different ones, as containers do. Null where the system does not say.
 */
export function processTable(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}
