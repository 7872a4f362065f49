/** Stand-alone trainings: what an architecture is worth in the end. */
import { join } from 'node:path';
import { withFormerKeys } from '#core/documents/renamed-keys';
import { sha256 } from '#core/files/files';
import { meanOf } from '#core/statistics/scoring';
import type { RunRequest } from '#jobs/job-context';
import type { Architecture } from '#networks/space/space';
import { readEvaluation } from '#tasks/training/finished-run';
import { renamedTrainingKeys, type TrainingRecipe } from '#tasks/training/recipe';
import { train } from '#tasks/training/train';

/**
 * Top-1 accuracy on the test images, the mean over `trainings` from different weights. The runs lie at
 * `ROOT/alone/ARCHITECTURE-RECIPE-SEED`, the first two fingerprints, so that what several studies want is trained once.
 */
export async function trainedAlone(
  network: Architecture,
  recipe: TrainingRecipe,
  trainings: number,
  options: Omit<RunRequest, 'id'>,
): Promise<number> {
  const root = join(options.root, 'alone');
  const { base: _, ...plain } = recipe;
  const name = `${architectureId(network)}-${fingerprint(withFormerKeys(plain, renamedTrainingKeys))}`;
  const accuracies: number[] = [];
  for (let i = 0; i < trainings; i++) {
    const seed = recipe.seed + i;
    const id = `${name}-${seed}`;
    await train({ ...network, name }, { ...recipe, seed }, { ...options, root, id });
    accuracies.push(readEvaluation(join(root, id)).top1);
  }
  return meanOf(accuracies);
}

/** Alike for networks that differ by their name alone. */
export function architectureId(network: Architecture): string {
  return fingerprint({ ...network, name: '' });
}

/** Of a plain value, eight hexadecimal digits. */
function fingerprint(value: object): string {
  return sha256(JSON.stringify(value)).slice(0, 8);
}
