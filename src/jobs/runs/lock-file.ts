/** The lock file of a run: it names its holder, and its time of change is the holder's heartbeat. */
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '#core/failure';
import { discard, writeFailure } from '#core/files/files';
import { holderText } from './lock-holder.js';

export const lockName = 'run.lock';

export const lockTimes = {
  beatMs: 10_000,
  /** A lock that has not been touched for so long is stale: six beats. */
  staleMs: 60_000,
  /** The same for one without a whole line: to write it after creating the file takes far less. */
  unfinishedMs: 2_000,
};

export type LockTimes = Readonly<typeof lockTimes>;

/** The lock files that this process holds. */
export const held = new Set<string>();

export function lockFile(folder: string): string {
  return resolve(folder, lockName);
}

/** Creates a file; false where there is one. Throws the system's errors. */
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
  /** Its time of change. */
  readonly beat: number;
}

/** The lock as it is now; undefined where there is none. It is opened, since network file systems remember old times. */
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
  const message = `expected a run that nobody works on; got one held by ${holderText(text)}`;
  return new Failure('usage', { file: folder, message }, 'wait for it, stop it, or name another run with --run-id');
}
