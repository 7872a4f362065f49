/** Stand-alone trainings, which measure the final accuracy of an architecture. */
import { join } from 'node:path';
import { withFormerKeys } from '#core/documents/renamed-keys';
import { sha256 } from '#core/files/files';
import { meanOf } from '#core/statistics/scoring';
import type { RunRequest } from '#jobs/job-context';
import { stepSeconds } from '#jobs/runs/run-seconds';
import type { Architecture } from '#networks/space/space';
import { readEvaluation } from '#tasks/training/finished-run';
import { renamedTrainingKeys, type TrainingRecipe } from '#tasks/training/recipe';
import { train } from '#tasks/training/train';

export interface TrainedAlone {
  readonly epochs: number;
  /** Top-1 on the test images of each training. */
  readonly top1: readonly number[];
  /** Seconds of one training, the mean. */
  readonly seconds: number;
}

/**
 * Trains an architecture `trainings` times from different weights, the first time from those of the recipe's seed plus
 * `first`. The runs lie at `ROOT/alone/ARCHITECTURE-RECIPE-SEED`, the first two being fingerprints, so that a training
 * that several studies need is run once.
 */
export async function trainedAlone(
  network: Architecture,
  recipe: TrainingRecipe,
  { first, trainings }: { readonly first: number; readonly trainings: number },
  options: Omit<RunRequest, 'id'>,
): Promise<TrainedAlone> {
  const root = join(options.root, 'alone');
  const { base: _, ...plain } = recipe;
  const name = `${architectureId(network)}-${fingerprint(withFormerKeys(plain, renamedTrainingKeys))}`;
  const runs: { top1: number; seconds: number }[] = [];
  for (let i = 0; i < trainings; i++) {
    const seed = recipe.seed + first + i;
    const id = `${name}-${seed}`;
    await train({ ...network, name }, { ...recipe, seed }, { ...options, root, id });
    const folder = join(root, id);
    runs.push({ top1: readEvaluation(folder).top1, seconds: stepSeconds(folder, recipe.batch) });
  }
  const seconds = meanOf(runs.map((run) => run.seconds));
  return { epochs: recipe.epochs, top1: runs.map(({ top1 }) => top1), seconds };
}

/** Returns the fingerprint of a network, equal for networks that differ only in their name. */
export function architectureId(network: Architecture): string {
  return fingerprint({ ...network, name: '' });
}

/** Returns eight hexadecimal digits of the SHA-256 of a plain value. */
function fingerprint(value: object): string {
  return sha256(JSON.stringify(value)).slice(0, 8);
}
