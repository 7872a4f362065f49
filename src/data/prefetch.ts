/** Assembles the next batch in the gap between two steps, and counts how long training waited for data. */
import type { Batch, Batches } from './loader.js';

export interface PrefetchedBatches extends Batches {
  /** Milliseconds spent inside `at` so far. */
  waitMs(): number;
}

/** The same batches; `at(step)` has batch `step + 1` made as soon as the event loop is free. */
export function prefetched(batches: Batches): PrefetchedBatches {
  let ahead: { readonly step: number; readonly batch: Batch } | undefined;
  let waited = 0;
  const prepare = (step: number) => {
    try {
      if (ahead?.step !== step) ahead = { step, batch: batches.at(step) };
    } catch {
      ahead = undefined; // `at` meets the same failure, where a caller can hear of it
    }
  };
  return {
    at(step) {
      const start = performance.now();
      const batch = ahead?.step === step ? ahead.batch : batches.at(step);
      waited += performance.now() - start;
      setImmediate(prepare, step + 1);
      return batch;
    },
    waitMs: () => waited,
  };
}
