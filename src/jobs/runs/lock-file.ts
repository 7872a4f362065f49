/** The lock file of a run: it names its holder, and its modification time is the holder's heartbeat. */
import { randomInt } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, writeSync } from 'node:fs';
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

/**
 * Creates a lock file with its whole content; returns false if it exists. Throws the system's other errors.
 *
 * The content is written under another name, which is then linked to the lock's. If a network file server carries out
 * the link but its reply is lost, the repeated request finds that the lock exists; the number of links then tells that
 * it is ours. A file system without links gets an exclusive create instead.
 */
export function created(file: string, content: string): boolean {
  const own = `${file}.part-${randomInt(2 ** 47)}`; // process ids of several hosts may be equal
  createExclusively(own, content);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (linksOf(own) === 2) return true;
    if (withoutLinks.includes(code)) return isCreated(file, content);
    if (code === 'EEXIST' || code === 'ENOENT') return false; // the holder of the lock removes such names
    throw error;
  } finally {
    discard(own);
  }
}

/** The errors of file systems that have no links, such as FAT, or no links in this folder. */
const withoutLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** The number of links of a file; 0 if it cannot be opened. Opens it, since network file systems cache old numbers. */
function linksOf(file: string): number {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return fstatSync(descriptor).nlink;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return 0;
  }
}

function isCreated(file: string, content: string): boolean {
  try {
    createExclusively(file, content);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function createExclusively(file: string, content: string): void {
  const descriptor = openSync(file, 'wx');
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } catch (error) {
    discard(file);
    throw error;
  } finally {
    closeSync(descriptor);
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
