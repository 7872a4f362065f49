/** Starts the fine stage from the final weights of the coarse stage. */
import { join } from 'node:path';
import { readSearchResult } from '#jobs/runs/run-result';
import { readSpace } from '#networks/space/parse';
import { finalTensors } from '#tasks/search/finished-stage';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { warmStartWeights } from '#tasks/search/supernet/warm-start-weights';

/** Copies the weights of a finished coarse run, as far as its result has them, to the SuperNet. */
export function warmStart(supernet: SuperNet, folder: string, warn: (message: string) => void): void {
  const space = readSpace(join(folder, 'space.yaml'));
  const { decisions } = readSearchResult(folder);
  supernet.warmStart(warmStartWeights(supernet.model.layout, space, decisions, finalTensors(folder, warn)));
}
