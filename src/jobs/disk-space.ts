/** Checks that a run's checkpoints and result fit on the disk before the job begins. */

import { Failure } from '#core/failure';
import { freeBytes } from '#core/files/free-space';
import { grouped } from '#core/grouped';
import { checkpointSteps } from '#jobs/runs/checkpoint-folders';
import type { Run } from '#jobs/runs/run-folder';

const mostCheckpoints = 4; // the last two, the best, and the one being written
const otherBytes = 4 * 2 ** 20; // logs, result and report of the shipped configs have less than 1 MB

/** The bytes that a run will add: at most four checkpoints, less those that it has already, and its other files. */
export function runBytes(checkpointBytes: number, existing: number): number {
  return Math.max(1, mostCheckpoints - existing) * checkpointBytes + otherBytes;
}

/** Refuses a run that does not fit on its disk, warns if less than half of the space would remain, and else notes both. */
export function requireDisk(
  run: Pick<Run, 'folder' | 'id'>,
  checkpointBytes: number,
  observer: { note(message: string): void; warn(message: string): void },
  free = freeBytes(run.folder),
): void {
  if (free === undefined) return;
  const needed = runBytes(checkpointBytes, checkpointSteps(run).length);
  const message = `${run.id}: needs up to ${megabytes(needed)} of disk space; ${megabytes(free)} are free`;
  if (needed > free) {
    throw new Failure(
      'data',
      { file: run.folder, message },
      'free some space (`mnv4-nas runs prune` removes old runs), or name another folder with --root',
    );
  }
  if (2 * needed > free) observer.warn(message);
  else observer.note(message);
}

function megabytes(bytes: number): string {
  return `${grouped(Math.ceil(bytes / 1e6))} MB`;
}
