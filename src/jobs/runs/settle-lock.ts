/**
 * Checks an existing lock before a run is locked, and removes it if its holder is gone. A holder that runs on another
 * host or in another container cannot be seen from here; only its heartbeat shows that it is alive.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '#core/failure';
import { discard, sha256, writeFailure } from '#core/files/files';
import { created, held, heldBy, type LockTimes, lockFile, lockTimes, type SeenLock, seenLock } from './lock-file.js';
import { holderText, parsedHolder, standingOf } from './lock-holder.js';

export interface Settling {
  /** Receives messages for the user that require no action. */
  readonly notice: (message: string) => void;
  /** Called while waiting; true ends the wait with a failure of kind `stopped`. */
  readonly shouldStop: () => boolean;
}

/**
 * Waits until the run in `folder` has no lock. A lock whose holder is alive is a usage failure; one whose holder is
 * gone is removed and its holder reported to `notice`.
 */
export async function settleLock(folder: string, settling: Settling, times: LockTimes = lockTimes): Promise<void> {
  const file = lockFile(folder);
  for (let seen = seenLock(file); seen !== undefined; seen = seenLock(file)) {
    const standing = standingOf(seen.text, held.has(file));
    if (standing === 'alive' || (standing === 'unknown' && (await beats(folder, seen, settling, times)))) {
      throw heldBy(folder, seen.text);
    }
    const text = holderText(seen.text);
    if (await removed(file, seen.text, settling, times)) {
      settling.notice(`${folder}: took over the lock of ${text}, which is gone`);
    }
  }
}

/** True once the heartbeat of the lock moves; false once it has stood still until the lock is stale. */
async function beats(folder: string, seen: SeenLock, settling: Settling, times: LockTimes): Promise<boolean> {
  const isWhole = parsedHolder(seen.text) !== undefined;
  if (isWhole) {
    const seconds = Math.ceil(times.staleMs / 1000);
    const what = `waiting up to ${seconds} s for a heartbeat of ${holderText(seen.text)}, which cannot be seen from here`;
    settling.notice(`${folder}: held by another host or container: ${what}`);
  }
  const now = await watched(lockFile(folder), seen, isWhole ? times.staleMs : times.unfinishedMs, settling);
  return now !== undefined && now.text === seen.text && now.beat !== seen.beat;
}

/**
 * The file as soon as it changes, or unchanged after `limitMs`. Only time in which this process watches counts, by its
 * own clock: other clocks may be wrong, and a pause of the machine may have stopped the holder's heartbeat as well.
 */
async function watched(
  file: string,
  before: SeenLock,
  limitMs: number,
  { shouldStop }: Settling,
): Promise<SeenLock | undefined> {
  const pollMs = Math.min(500, limitMs / 10);
  let last = performance.now();
  for (let watchedMs = 0; ; ) {
    await sleep(pollMs);
    if (shouldStop()) {
      const message = 'stopped on request while it waited for the run';
      throw new Failure('stopped', message, 'run the same command again to resume');
    }
    const now = performance.now();
    watchedMs += Math.min(now - last, 2 * pollMs);
    last = now;
    const seen = seenLock(file);
    if (seen?.text !== before.text || seen.beat !== before.beat || watchedMs >= limitMs) return seen;
  }
}

/**
 * Removes a stale lock; false if another process has taken it or is about to remove it. Of several processes that find
 * it stale, one claims it; otherwise the others could remove the lock that this one then takes.
 */
async function removed(file: string, stale: string, settling: Settling, times: LockTimes): Promise<boolean> {
  const claim = `${file}.stale-${Number.parseInt(sha256(stale).slice(0, 12), 16)}`;
  try {
    if (created(claim, '')) return removedAs(claim, file, stale);
  } catch (error) {
    throw writeFailure(file, 'take over the lock of the run', error);
  }
  const before = seenLock(claim);
  if (before === undefined) return false;
  const left = await watched(claim, before, times.unfinishedMs, settling);
  if (left?.beat === before.beat) discard(claim); // left by a process that was killed before it removed the claim
  return false;
}

function removedAs(claim: string, file: string, stale: string): boolean {
  try {
    if (seenLock(file)?.text !== stale) return false;
    rmSync(file, { force: true });
    return true;
  } finally {
    discard(claim);
  }
}
