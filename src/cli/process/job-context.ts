/** The context of long work: a backend, a reporter, a clock and requests to stop. */
import { standardReporter } from '#cli/terminal/log';
import { takeGpu } from '#core/machine/gpus';
import { environment } from '#jobs/environment';
import type { JobContext } from '#jobs/job-context';
import { ofRun } from '#jobs/observer';
import type { Workers } from '#jobs/workers/launcher';
import { openReadyBackend } from './set-up.js';
import { stopOnSignal } from './stop-signal.js';

/**
 * Opens the backend, runs long work with a reporter and a poll for stop requests, and closes both afterwards.
 *
 * @param run  the run or project that the reports name, if there is one
 */
export async function withJobContext<T>(
  workers: Workers,
  work: (context: JobContext) => Promise<T>,
  run?: string,
): Promise<T> {
  const { backend, threads } = workers;
  takeGpu();
  await openReadyBackend({ backend, threads });
  const reporter = standardReporter();
  const observer = run === undefined ? reporter : ofRun(reporter, run);
  const stop = stopOnSignal();
  try {
    const clock = () => performance.now();
    return await work({ observer, shouldStop: stop.asked, clock, environment: environment(), workers });
  } finally {
    stop.release();
    reporter.close();
  }
}
