/** The process that holds a run, as its lock says, and whether it is still there. */
import { hostname } from 'node:os';
import { isAlive, processTable, statusOf } from '#core/machine/processes';

export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** Start time of the process by the kernel's clock; null where the system does not say. */
  readonly born: string | null;
  /** Process table of the id (`processTable`); null where the system does not say, and in the locks of older programs. */
  readonly table: string | null;
}

export function ownHolder(): LockHolder {
  const { pid } = process;
  return { host: hostname(), pid, born: statusOf(pid)?.born ?? null, table: processTable() };
}

/** The holder that a lock names; undefined where it was not written to its end, or is damaged. */
export function parsedHolder(text: string): LockHolder | undefined {
  try {
    const { host, pid, born, table } = JSON.parse(text) as LockHolder;
    return typeof host === 'string' && isPid(pid) ? { host, pid, born: born ?? null, table: table ?? null } : undefined;
  } catch {
    return undefined;
  }
}

/** One process: 0 and numbers below would ask the system for groups of them. */
function isPid(pid: unknown): boolean {
  return Number.isInteger(pid) && (pid as number) > 0 && (pid as number) < 2 ** 31;
}

export function holderText(text: string): string {
  const holder = parsedHolder(text);
  return holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.host}`;
}

/** `unknown` where only its heartbeat can tell: the process stands in another table. */
export type Standing = 'alive' | 'gone' | 'unknown';

/** @param isOurs  whether this process holds the lock */
export function standingOf(text: string, isOurs: boolean): Standing {
  const holder = parsedHolder(text);
  if (holder === undefined) return 'unknown';
  const own = ownHolder();
  const isNamesake = holder.host === own.host;
  if (holder.table !== own.table || (own.table === null && !isNamesake)) {
    const isOld = holder.table === null && holder.born !== null && isNamesake;
    return isOld && lives(holder) ? 'alive' : 'unknown';
  }
  if (holder.pid === own.pid) return isOurs ? 'alive' : 'gone';
  return lives(holder) ? 'alive' : 'gone';
}

function lives({ pid, born }: LockHolder): boolean {
  const status = statusOf(pid);
  if (status === undefined || born === null) return isAlive(pid);
  return status.born === born && !status.isZombie;
}
