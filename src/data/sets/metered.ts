/** Measures how long training waits for data: from each request for a batch to its arrival. */
import { traced } from '#core/trace';
import type { Batches } from './loader.js';

export interface MeteredBatches extends Batches {
  /** Milliseconds so far, including the time in which this thread itself assembles batches. */
  waitMs(): number;
}

export function metered(batches: Batches): MeteredBatches {
  let waited = 0;
  return {
    async at(step, following) {
      const start = performance.now();
      const batch = await traced('data', 'batch', () => batches.at(step, following));
      waited += performance.now() - start;
      return batch;
    },
    waitMs: () => waited,
  };
}
