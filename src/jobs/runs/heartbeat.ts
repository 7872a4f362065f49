/** The thread that beats for a lock: it touches the file as long as that is its process's own. */
import { closeSync, futimesSync, openSync, readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

export interface Beating {
  readonly file: string;
  /** Content of the lock while it is ours. */
  readonly own: string;
  readonly beatMs: number;
}

const { file, own, beatMs } = workerData as Beating;

setInterval(() => {
  try {
    beat();
  } catch {
    // A missed beat harms only where many follow, and then the run itself cannot write.
  }
}, beatMs);

/** Touches what it has open: another's lock has taken the name only with a file of its own. */
function beat(): void {
  const descriptor = openSync(file, 'r+');
  try {
    const now = new Date();
    if (readFileSync(descriptor, 'utf8') === own) futimesSync(descriptor, now, now);
  } finally {
    closeSync(descriptor);
  }
}
