/** The heartbeat thread of a lock: touches the file as long as its process holds the lock. */
import { closeSync, futimesSync, openSync, readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

export interface Beating {
  readonly file: string;
  /** Content of the lock while this process holds it. */
  readonly own: string;
  readonly beatMs: number;
}

const { file, own, beatMs } = workerData as Beating;

setInterval(() => {
  try {
    beat();
  } catch {
    // One missed beat is harmless; if many are missed, the run itself cannot write either.
  }
}, beatMs);

/** Touches the file through its descriptor, since another process's lock of that name is a different file. */
function beat(): void {
  const descriptor = openSync(file, 'r+');
  try {
    const now = new Date();
    if (readFileSync(descriptor, 'utf8') === own) futimesSync(descriptor, now, now);
  } finally {
    closeSync(descriptor);
  }
}
