/** Counts how long training waits for data: batches are assembled by the thread that trains, when it asks for them. */
import { traced } from '#core/trace';
import type { Batches } from './loader.js';

export interface MeteredBatches extends Batches {
  /** Milliseconds spent inside `at` so far. */
  waitMs(): number;
}

export function metered(batches: Batches): MeteredBatches {
  let waited = 0;
  return {
    at(step) {
      const start = performance.now();
      const batch = traced('data', 'batch', () => batches.at(step));
      waited += performance.now() - start;
      return batch;
    },
    waitMs: () => waited,
  };
}
