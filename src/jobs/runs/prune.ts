/** Removes runs that are no longer needed: chosen by age, state and rank, never one that is in progress. */
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, writeFailure } from '#core/files/files';
import type { RunEntry } from './run-entries.js';
import { lockRun } from './run-lock.js';
import type { RunStatus } from './run-state.js';
import { type Settling, settleLock } from './settle-lock.js';

export interface AgedRun extends RunEntry {
  /** Milliseconds since the state of the run last changed. */
  readonly ageMs: number;
}

/** The runs to remove; a condition that is left out holds for every run. */
export interface PruneRule {
  readonly olderMs?: number | undefined;
  readonly statuses?: readonly RunStatus[] | undefined;
  /** Number of finished runs of each stage to keep: those with the highest reward or, for trainings, quality. */
  readonly keepBest?: number | undefined;
}

/** The runs that the rule selects, in their order, without those in progress. */
export function prunable(runs: readonly AgedRun[], { olderMs = 0, statuses, keepBest = 0 }: PruneRule): AgedRun[] {
  const best = bestOf(runs, keepBest);
  return runs.filter(
    (run) =>
      run.status !== 'running' && run.ageMs >= olderMs && (statuses?.includes(run.status) ?? true) && !best.has(run.id),
  );
}

/** Ids of the best finished runs of each stage. */
function bestOf(runs: readonly AgedRun[], count: number): ReadonlySet<string> {
  const score = ({ reward, quality }: RunEntry) => reward ?? quality ?? Number.NEGATIVE_INFINITY;
  const done = runs.filter(({ status }) => status === 'done').sort((a, b) => score(b) - score(a));
  const stages = [...new Set(done.map(({ stage }) => stage))];
  return new Set(
    stages.flatMap((name) => done.filter(({ stage }) => stage === name).slice(0, count)).map(({ id }) => id),
  );
}

/** The entries with the ages of their runs under `root`. */
export function aged(root: string, entries: readonly RunEntry[], now: number): AgedRun[] {
  return entries.map((run) => ({ ...run, ageMs: now - statSync(join(root, run.id, 'state.json')).mtimeMs }));
}

/** Size of all files in a folder, in bytes. */
export function folderBytes(folder: string): number {
  return namesIn(folder).reduce((sum, name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return sum + (stats?.isDirectory() ? folderBytes(path) : (stats?.size ?? 0));
  }, 0);
}

/**
 * Removes a run. It disappears at once, under another name, then its files do; what a killed removal has left goes with
 * the next one. A run that another process holds is a usage failure.
 */
export async function removeRun(root: string, id: string, settling: Settling): Promise<void> {
  const folder = join(root, id);
  await settleLock(folder, settling);
  const lock = lockRun(folder);
  try {
    renameSync(folder, join(root, `.${id}${removed}`));
    removeLeftovers(root);
  } catch (error) {
    throw writeFailure(folder, 'remove it', error);
  } finally {
    lock.release();
  }
}

const removed = '.removed';

function removeLeftovers(root: string): void {
  for (const name of namesIn(root).filter((name) => name.startsWith('.') && name.endsWith(removed))) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
}
