/** One process per run: it holds the run's lock as long as it works on it. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { discard, writeFailure } from '#core/files/files';
import type { Beating } from './heartbeat.js';
import { created, held, heldBy, lockFile, lockTimes, seenLock } from './lock-file.js';
import { type LockHolder, ownHolder, parsedHolder, standingOf } from './lock-holder.js';

export interface RunLock {
  /** Fails where another process has taken the run over, as it may when this one slept for over a minute. */
  requireHeld(): void;
  /** Lets go of the run; does nothing the second time. */
  release(): void;
}

/**
 * Takes the lock of the run in `folder`; that there is one is a usage failure (`settleLock` removes stale ones before). The
 * lock goes when the process exits, however it does, but for SIGKILL.
 */
export function lockRun(folder: string, { beatMs } = lockTimes): RunLock {
  const file = lockFile(folder);
  const own = JSON.stringify(ownHolder());
  while (!createdLock(file, own)) {
    const seen = seenLock(file);
    if (seen !== undefined) throw heldBy(folder, seen.text); // else it was released in the meantime
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

/** Who works on the run in `folder` now, as far as one look tells; undefined where nobody does. */
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

const module = new URL('../../../dist/jobs/runs/heartbeat.js', import.meta.url); // of the build, also where tests run src/

/** Beats in a thread, since a step or an evaluation may keep this one busy for minutes; returns what ends it. */
function startBeating(beating: Beating): () => void {
  const thread = new Worker(module, { workerData: beating, execArgv: [] });
  thread.on('error', () => {}); // without a heartbeat the lock still holds for all who see this process
  thread.unref();
  return () => void thread.terminate();
}

/** True where the lock is still ours, as far as can be read: the next thing that the run writes tells what is wrong. */
function isOwn(file: string, own: string): boolean {
  try {
    return readFileSync(file, 'utf8') === own;
  } catch {
    return false;
  }
}
