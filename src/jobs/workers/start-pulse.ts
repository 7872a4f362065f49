/** Publishes the pulse of this worker, and watches those of the others. */
import { Worker } from 'node:worker_threads';
import { pulseMemory, pulseWords, resetPulse } from '#core/pulse';
import type { PulsePlace, Pulsing } from './pulse-thread.js';
import { type Stall, type StallLimits, stallLimits } from './stall.js';

const module = new URL('../../../dist/jobs/workers/pulse-thread.js', import.meta.url); // from the build, even when tests run src/
const everyMs = { memory: 1000, file: 5000 };

export const pulseBytes = Int32Array.BYTES_PER_ELEMENT * pulseWords;

export interface PulseOptions {
  /** When a worker counts as hanging; the same for all workers. */
  readonly limits?: StallLimits | undefined;
  /** Called when another worker hangs; left out by those that do not watch the others. */
  readonly onStall?: ((stall: Stall) => void) | undefined;
}

/** Starts the thread that publishes this worker's pulse at its place; returns a function that ends it. */
export function startPulse(
  rank: number,
  places: readonly PulsePlace[],
  { limits = stallLimits, onStall }: PulseOptions = {},
): () => Promise<unknown> {
  const slowestMs = typeof places[rank]?.file === 'string' ? everyMs.file : everyMs.memory;
  const tickMs = Math.min(slowestMs, limits.leastMs / 10);
  resetPulse();
  const workerData: Pulsing = { memory: pulseMemory, rank, places, everyMs: tickMs, limits: onStall && limits };
  const thread = new Worker(module, { workerData, execArgv: [] });
  thread.on('message', (stall: Stall) => onStall?.(stall));
  thread.on('error', () => {}); // without it, a worker that hangs is not noticed
  thread.unref();
  return () => thread.terminate();
}
