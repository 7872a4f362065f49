/** Counts how long training waits for data: from asking for a batch to having it. */
import { traced } from '#core/trace';
import type { Batches } from './loader.js';

export interface MeteredBatches extends Batches {
  /** Milliseconds so far, those included in which this thread itself put batches together. */
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
