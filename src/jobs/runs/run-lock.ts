/** The lock that admits one process per run; the process holds it as long as it works on the run. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { discard, writeFailure } from '#core/files/files';
import type { Beating } from './heartbeat.js';
import { created, held, heldBy, lockFile, lockTimes, seenLock } from './lock-file.js';
import { type LockHolder, ownHolder, parsedHolder, standingOf } from './lock-holder.js';

export interface RunLock {
  /** Fails if another process has taken over the run, which can happen when this one slept for over a minute. */
  requireHeld(): void;
  /** Releases the lock; a second call does nothing. */
  release(): void;
}

/**
 * Takes the lock of the run in `folder`; an existing lock is a usage failure (`settleLock` removes stale ones before).
 * The lock is removed when the process exits in any way other than SIGKILL.
 */
export function lockRun(folder: string, { beatMs } = lockTimes): RunLock {
  const file = lockFile(folder);
  const own = JSON.stringify(ownHolder());
  while (!createdLock(file, own)) {
    const seen = seenLock(file);
    if (seen !== undefined) throw heldBy(folder, seen.text); // otherwise it was released in the meantime
  }
  held.add(file);
  const stop = startBeating({ file, own, beatMs });
  const release = () => {
    stop();
    process.off('exit', release);
    if (held.delete(file) && isOwn(file, own)) discard(file);
  };
  process.on('exit', release);
  return {
    requireHeld: () => {
      const text = seenLock(file)?.text;
      if (text !== own) throw heldBy(folder, text ?? '');
    },
    release,
  };
}

function createdLock(file: string, own: string): boolean {
  try {
    return created(file, own);
  } catch (error) {
    throw writeFailure(file, 'create the lock of the run', error);
  }
}

/** The process that works on the run in `folder` now, as far as a single look shows; undefined if there is none. */
export function lockHolder(folder: string): LockHolder | undefined {
  const file = lockFile(folder);
  const seen = seenLock(file);
  if (seen === undefined) return undefined;
  const holder = parsedHolder(seen.text);
  const limitMs = holder === undefined ? lockTimes.unfinishedMs : lockTimes.staleMs;
  const standing = standingOf(seen.text, held.has(file));
  const isBeating = standing === 'unknown' && Math.abs(Date.now() - seen.beat) <= limitMs;
  return standing === 'alive' || isBeating ? (holder ?? { host: '?', pid: 0, born: null, table: null }) : undefined;
}

const module = new URL('../../../dist/jobs/runs/heartbeat.js', import.meta.url); // from the build, even when tests run src/

/** Beats in a thread, since a step or an evaluation may block this one for minutes; returns a function to end it. */
function startBeating(beating: Beating): () => void {
  const thread = new Worker(module, { workerData: beating, execArgv: [] });
  thread.on('error', () => {}); // without a heartbeat the lock still holds for processes that can see this one
  thread.unref();
  return () => void thread.terminate();
}

/** True if this process still holds the lock; false if it cannot be read, since the run's next write reports why. */
function isOwn(file: string, own: string): boolean {
  try {
    return readFileSync(file, 'utf8') === own;
  } catch {
    return false;
  }
}
