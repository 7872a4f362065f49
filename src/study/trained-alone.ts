/** Stand-alone trainings: what an architecture is worth in the end. */
import { join } from 'node:path';
import { readJson, sha256 } from '../core/files.js';
import { meanOf } from '../core/scoring.js';
import type { Architecture } from '../space/space.js';
import type { Evaluation } from '../train/evaluate.js';
import type { TrainingRecipe } from '../train/recipe.js';
import { type RunOptions, train } from '../train/start-training.js';

/**
 * Top-1 accuracy on the test images, the mean over `trainings` from different weights. Runs lie at `alone-PRINT-SEED`,
 * PRINT being what the layers are, so that an architecture that several found is trained once.
 */
export async function trainedAlone(
  network: Architecture,
  recipe: TrainingRecipe,
  trainings: number,
  options: Omit<RunOptions, 'id'>,
): Promise<number> {
  const accuracies: number[] = [];
  for (let i = 0; i < trainings; i++) {
    const seed = recipe.seed + i;
    const id = `alone-${fingerprint(network)}-${seed}`;
    const named = { ...network, name: `alone-${fingerprint(network)}` };
    await train(named, { ...recipe, seed }, { ...options, id });
    const { test } = readJson(join(options.root, id, 'result.json')) as { test: Evaluation };
    accuracies.push(test.top1);
  }
  return meanOf(accuracies);
}

/** Of the network's layers, whatever its name; ten hexadecimal digits. */
export function fingerprint(network: Architecture): string {
  return sha256(JSON.stringify({ ...network, name: '' })).slice(0, 10);
}
