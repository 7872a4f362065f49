/** The lock file of a run: it names its holder, and its modification time is the holder's heartbeat. */
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '#core/failure';
import { discard, writeFailure } from '#core/files/files';
import { holderText } from './lock-holder.js';

export const lockName = 'run.lock';

export const lockTimes = {
  beatMs: 10_000,
  /** Time without a touch after which a lock is stale: six beats. */
  staleMs: 60_000,
  /** The same for a lock whose content is incomplete, since writing it takes far less time. */
  unfinishedMs: 2_000,
};

export type LockTimes = Readonly<typeof lockTimes>;

/** The lock files that this process holds. */
export const held = new Set<string>();

export function lockFile(folder: string): string {
  return resolve(folder, lockName);
}

/** Creates a file; returns false if it exists. Throws the system's other errors. */
export function created(file: string, content: string): boolean {
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
    throw error;
  }
}

export interface SeenLock {
  readonly text: string;
  /** Its modification time, in ms since 1970. */
  readonly beat: number;
}

/** The current lock; undefined if none exists. Opens the file, since network file systems cache old times. */
export function seenLock(file: string): SeenLock | undefined {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return { text: readFileSync(descriptor, 'utf8'), beat: fstatSync(descriptor).mtimeMs };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ESTALE'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw writeFailure(file, 'read the lock of the run', error);
  }
}

export function heldBy(folder: string, text: string): Failure {
  const message = `another process works on this run: ${holderText(text)}`;
  return new Failure('usage', { file: folder, message }, 'wait for it, stop it, or name another run with --run-id');
}
