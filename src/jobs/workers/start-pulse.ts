/** Publishes the pulse of this worker, and watches those of the others. */
import { Worker } from 'node:worker_threads';
import { pulseMemory, pulseWords } from '#core/pulse';
import type { PulsePlace, Pulsing } from './pulse-thread.js';
import { type Stall, type StallLimits, stallLimits } from './stall.js';

const module = new URL('../../../dist/jobs/workers/pulse-thread.js', import.meta.url); // from the build, even when tests run src/
const everyMs = 1000;

export const pulseBytes = Int32Array.BYTES_PER_ELEMENT * pulseWords;

/** Starts the thread that publishes this worker's pulse at its place; returns a function that ends it. */
export function startPulse(
  rank: number,
  places: readonly PulsePlace[],
  watch?: { readonly limits?: StallLimits | undefined; readonly onStall: (stall: Stall) => void },
): () => Promise<unknown> {
  const limits = watch && (watch.limits ?? stallLimits);
  const tickMs = Math.min(everyMs, (limits ?? stallLimits).leastMs / 10);
  const workerData: Pulsing = { memory: pulseMemory, rank, places, everyMs: tickMs, limits };
  const thread = new Worker(module, { workerData, execArgv: [] });
  thread.on('message', (stall: Stall) => watch?.onStall(stall));
  thread.on('error', () => {}); // without it, a worker that hangs is not noticed
  thread.unref();
  return () => thread.terminate();
}
