/** Starts the fine stage from the final weights of the coarse stage. */
import { join } from 'node:path';
import { readSearchResult } from '#jobs/runs/run-result';
import type { Images } from '#networks/nn/model';
import { readSpace } from '#networks/space/parse';
import { close } from '#networks/space/space';
import { finalTensors } from '#tasks/search/finished-stage';
import { preserveFunction } from '#tasks/search/supernet/preserve-function';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { warmStartWeights } from '#tasks/search/supernet/warm-start-weights';

/**
 * Copies the weights of a finished coarse run to the SuperNet, as far as its result has them, and starts the additional
 * layers so that their options compute what that result computes.
 *
 * @param batches  train images, on which the inputs of additional layers are measured
 */
export async function warmStart(
  supernet: SuperNet,
  folder: string,
  batches: AsyncIterable<Images>,
  warn: (message: string) => void,
): Promise<void> {
  const space = readSpace(join(folder, 'space.yaml'));
  const { decisions } = readSearchResult(folder);
  supernet.warmStart(warmStartWeights(supernet.model.layout, space, decisions, finalTensors(folder, warn)));
  const seen: Images[] = [];
  for await (const batch of batches) seen.push(batch);
  await preserveFunction(supernet, close(space, decisions), seen);
}
