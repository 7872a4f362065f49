/** The process that holds a run according to its lock, and a check that it is still alive. */
import { hostname } from 'node:os';
import { isAlive, processTable, statusOf } from '#core/machine/processes';

export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** Start time of the process by the kernel's clock; null if the system does not report it. */
  readonly born: string | null;
  /** Process table that `pid` belongs to (`processTable`); null if unknown, and in locks of older versions. */
  readonly table: string | null;
}

export function ownHolder(): LockHolder {
  const { pid } = process;
  return { host: hostname(), pid, born: statusOf(pid)?.born ?? null, table: processTable() };
}

/** The holder that a lock names; undefined if the lock is incomplete or damaged. */
export function parsedHolder(text: string): LockHolder | undefined {
  try {
    const { host, pid, born, table } = JSON.parse(text) as LockHolder;
    return typeof host === 'string' && isPid(pid) ? { host, pid, born: born ?? null, table: table ?? null } : undefined;
  } catch {
    return undefined;
  }
}

/** True for the id of one process: 0 and negative numbers address process groups. */
function isPid(pid: unknown): boolean {
  return Number.isInteger(pid) && (pid as number) > 0 && (pid as number) < 2 ** 31;
}

export function holderText(text: string): string {
  const holder = parsedHolder(text);
  return holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.host}`;
}

/** State of a holder; `unknown` if its process table is another one, so that only its heartbeat can tell. */
export type Standing = 'alive' | 'gone' | 'unknown';

/**
 * State of the holder that a lock names.
 *
 * @param isOurs  true if this process holds the lock
 */
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
