/** Reads batches one after the other and announces the next ones, so that they load ahead. */
import type { Batch, Batches } from './loader.js';

/** The batches at `places`, in order; those at the `following` places start to load. */
export async function batchesAt(
  batches: Batches,
  places: readonly number[],
  following: readonly number[],
): Promise<Batch[]> {
  const found: Batch[] = [];
  for (const [i, place] of places.entries()) {
    found.push(await batches.at(place, [...places.slice(i + 1), ...following]));
  }
  return found;
}

/** The batches of the first `count` steps. */
export async function* firstBatches(batches: Batches, count: number): AsyncGenerator<Batch> {
  for (let step = 0; step < count; step++) yield await batches.at(step, step + 1 < count ? [step + 1] : []);
}
