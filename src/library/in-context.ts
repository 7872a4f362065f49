/** The context that tasks get from the options of long work. */
import type { Override } from '#core/documents/overrides';
import { takeGpu } from '#core/machine/gpus';
import { environment } from '#jobs/environment';
import type { JobContext } from '#jobs/job-context';
import type { Workers } from '#jobs/workers/launcher';
import { openBackend } from '#networks/tensor/backend';
import type { JobOptions } from './job-options.js';

/** Opens the backend and does the work. */
export function inContext<T>(
  workers: Workers,
  { signal, onProgress, onNote }: JobOptions,
  work: (context: JobContext) => Promise<T>,
): Promise<T> {
  takeGpu();
  openBackend({ backend: workers.backend, threads: workers.threads });
  const note = (message: string) => onNote?.(message);
  return work({
    observer: {
      progress: ({ stage, step, steps, secondsLeft }) =>
        onProgress?.({ stage, step, steps, ...(secondsLeft !== undefined && { secondsLeft }) }),
      note,
      warn: note,
    },
    shouldStop: () => signal?.aborted ?? false,
    clock: () => performance.now(),
    environment: environment(),
    workers,
  });
}

/** The values of `set` as overrides of a config. */
export function overridesOf({ set = {} }: JobOptions): Override[] {
  return Object.entries(set).map(([name, value]) => ({
    path: name.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    value,
    origin: `set ${name}`,
  }));
}
