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
  /** Its runs, which lie in `ROOT/alone`; none in findings of older versions. */
  readonly runs: readonly string[];
  /** Top-1 on the test images of each run. */
  readonly top1: readonly number[];
  /** Seconds of one training, the mean. */
  readonly seconds: number;
}

/** Stand-alone trainings of one length: `trainings` of them, the first with the recipe's seed plus `first`. */
export interface Length {
  readonly recipe: TrainingRecipe;
  readonly first: number;
  readonly trainings: number;
}

/** Trains an architecture for one length; a training that several studies need is run once. */
export async function trainedAlone(
  network: Architecture,
  length: Length,
  options: Omit<RunRequest, 'id'>,
): Promise<TrainedAlone> {
  const { recipe } = length;
  const root = join(options.root, 'alone');
  const ids = runsOf(architectureId(network), length);
  const runs: { top1: number; seconds: number }[] = [];
  for (const [i, id] of ids.entries()) {
    const name = id.slice(0, id.lastIndexOf('-'));
    const seed = recipe.seed + length.first + i;
    await train({ ...network, name }, { ...recipe, seed }, { ...options, root, id });
    const folder = join(root, id);
    runs.push({ top1: readEvaluation(folder).top1, seconds: stepSeconds(folder, recipe.batch) });
  }
  const seconds = meanOf(runs.map((run) => run.seconds));
  return { epochs: recipe.epochs, runs: ids, top1: runs.map(({ top1 }) => top1), seconds };
}

/** Returns the names of the runs, `ARCHITECTURE-RECIPE-SEED`, the first two being fingerprints. */
export function runsOf(architecture: string, { recipe, first, trainings }: Length): string[] {
  const { base: _, ...plain } = recipe;
  const name = `${architecture}-${fingerprint(withFormerKeys(plain, renamedTrainingKeys))}`;
  return Array.from({ length: trainings }, (_, i) => `${name}-${recipe.seed + first + i}`);
}

/** Returns the fingerprint of a network, equal for networks that differ only in their name. */
export function architectureId(network: Architecture): string {
  return fingerprint({ ...network, name: '' });
}

/** Returns eight hexadecimal digits of the SHA-256 of a plain value. */
function fingerprint(value: object): string {
  return sha256(JSON.stringify(value)).slice(0, 8);
}
