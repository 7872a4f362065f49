/**
 * One process per run: a lock file that names its holder and whose time of change is the holder's heartbeat. A lock
 * whose holder is gone is taken over.
 */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Failure } from '../core/failure.js';
import { discard, writeFailure } from '../core/files.js';
import { isAlive } from '../core/is-alive.js';

export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** When the process started, as the kernel counts it; tells a process from a later one with the same id. */
  readonly born: string | null;
}

export interface RunLock {
  /** Fails where another process has taken the run over, as it may when this one slept for over a minute. */
  requireHeld(): void;
  /** Lets go of the run; does nothing the second time. */
  release(): void;
}

export const lockName = 'run.lock';
const heartbeatMs = 10_000;
const staleMs = 60_000; // six heartbeats
const unfinishedMs = 2_000; // to write a line after creating its file takes far less
const held = new Set<string>(); // the locks of this process

/**
 * Takes the lock of the run in `folder`. Another process that holds it is a usage failure; a stale lock is taken over
 * and `notice` told whose it was. The lock goes when the process exits, however it does, but for SIGKILL.
 */
export function lockRun(folder: string, notice: (message: string) => void): RunLock {
  const file = resolve(folder, lockName);
  const own = JSON.stringify({ host: hostname(), pid: process.pid, born: bornOf(process.pid) } satisfies LockHolder);
  while (!created(file, own)) {
    const text = textOf(file);
    if (text === undefined) continue; // released in the meantime
    if (!isStale(file, text)) throw heldBy(folder, text);
    if (moveAside(file, text)) notice(`${folder}: took over the lock of ${holderText(text)}, which is gone`);
  }
  held.add(file);
  const beat = setInterval(() => heartbeat(file, own), heartbeatMs).unref();
  const release = () => {
    clearInterval(beat);
    process.off('exit', release);
    if (held.delete(file) && isOwn(file, own)) discard(file);
  };
  process.on('exit', release);
  return {
    requireHeld: () => {
      const text = textOf(file);
      if (text !== own) throw heldBy(folder, text ?? '');
    },
    release,
  };
}

/** Who works on the run in `folder` now; undefined where nobody does. */
export function lockHolder(folder: string): LockHolder | undefined {
  const file = resolve(folder, lockName);
  const text = textOf(file);
  return text === undefined || isStale(file, text) ? undefined : (parsed(text) ?? { host: '?', pid: 0, born: null });
}

/** Creates the lock file; false where there is one. */
function created(file: string, content: string): boolean {
  try {
    const descriptor = openSync(file, 'wx');
    try {
      writeSync(descriptor, content);
    } catch (error) {
      discard(file);
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeFailure(file, 'create the lock of the run', error);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw writeFailure(file, 'read the lock of the run', error);
  }
}

/** On this host the process table decides; for another one its heartbeat does. An unfinished lock is soon given up. */
function isStale(file: string, text: string): boolean {
  const holder = parsed(text);
  if (holder === undefined) return millisecondsSinceBeat(file) > unfinishedMs;
  if (holder.host !== hostname()) return millisecondsSinceBeat(file) > staleMs;
  if (holder.pid === process.pid && !held.has(file)) return true;
  return !isAlive(holder.pid) || (holder.born !== null && bornOf(holder.pid) !== holder.born);
}

function millisecondsSinceBeat(file: string): number {
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  return Date.now() - mtimeMs;
}

/** Field 22 of /proc/PID/stat, the start time in clock ticks; null where the system has no such file. */
function bornOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null; // the name in brackets may hold spaces
  } catch {
    return null;
  }
}

function parsed(text: string): LockHolder | undefined {
  try {
    const { host, pid, born } = JSON.parse(text) as LockHolder;
    return typeof host === 'string' && isPid(pid) ? { host, pid, born: born ?? null } : undefined;
  } catch {
    return undefined; // its holder was killed while it wrote
  }
}

/** Of one process: 0 and numbers below would ask the system for groups of them. */
function isPid(pid: unknown): boolean {
  return Number.isInteger(pid) && (pid as number) > 0 && (pid as number) < 2 ** 31;
}

/** Moves a stale lock out of the way; false, and the lock put back, where it is a new holder's by now. */
function moveAside(file: string, stale: string): boolean {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw writeFailure(file, 'take over the lock of the run', error);
  }
  if (textOf(aside) === stale) {
    rmSync(aside, { force: true });
    return true;
  }
  renameSync(aside, file);
  return false;
}

/** Whether the lock is still ours, as far as can be read: the next thing that the run writes tells what is wrong. */
function isOwn(file: string, own: string): boolean {
  try {
    return readFileSync(file, 'utf8') === own;
  } catch {
    return false;
  }
}

function heartbeat(file: string, own: string): void {
  const now = new Date();
  try {
    if (isOwn(file, own)) utimesSync(file, now, now);
  } catch {
    // A missed beat harms only where many follow, and then the run itself cannot write.
  }
}

function heldBy(folder: string, text: string): Failure {
  const message = `expected a run that nobody works on; got one held by ${holderText(text)}`;
  return new Failure('usage', { file: folder, message }, 'wait for it, stop it, or name another run with --run-id');
}

function holderText(text: string): string {
  const holder = parsed(text);
  return holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.host}`;
}
