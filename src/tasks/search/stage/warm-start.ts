/** The fine stage's weights, begun as the coarse stage left them. */
import { join } from 'node:path';
import { readSpace } from '#networks/space/parse';
import { finalTensors, readFound } from '#tasks/search/result';
import type { SuperNet } from '#tasks/search/supernet/supernet';
import { warmStartWeights } from '#tasks/search/supernet/warm-start-weights';

/** Gives the SuperNet the weights of a finished coarse run, as far as its result has them. */
export function warmStart(supernet: SuperNet, folder: string, warn: (message: string) => void): void {
  const space = readSpace(join(folder, 'space.yaml'));
  const { decisions } = readFound(folder);
  supernet.warmStart(warmStartWeights(supernet.model.layout, space, decisions, finalTensors(folder, warn)));
}
