/** Options of commands that compute with tensors, in one process or in several. */
import { Failure } from '#core/failure';
import { usableCores } from '#core/machine/cores';
import { ownGpus } from '#core/machine/gpus';
import type { Workers } from '#jobs/workers/launcher';
import { joinedRanks } from '#jobs/workers/ranks';
import { backendNames } from '#networks/tensor/backend';
import { hasCuda } from '#networks/tensor/tensorflow';
import type { OptionSpec, OptionsOf } from './command-spec.js';
import { wholeNumber } from './whole-number.js';

export const backendOptions = [
  {
    flag: '--threads <n>',
    description: 'TensorFlow threads of each process (default: the cores divided by the workers)',
    parse: wholeNumber(1, 1024),
  },
  {
    flag: '--backend <name>',
    description: 'compute with native TensorFlow, or in plain JavaScript (cpu), which only suits tiny networks',
    choices: backendNames,
    default: 'tensorflow',
  },
] as const satisfies readonly OptionSpec[];

export const requireGpuOption = {
  flag: '--require-gpu',
  description: 'exit with 5 unless TensorFlow computes on a GPU, which some ops try first',
} as const satisfies OptionSpec;

/** Options of a command whose steps several processes may share. */
export const workerOptions = [
  {
    flag: '--workers <n>',
    description:
      'processes that share each step (default: one per core or, with CUDA, per GPU, at most one per sampled architecture or micro-batch)',
    parse: wholeNumber(1, 1024),
  },
  ...backendOptions,
] as const satisfies readonly OptionSpec[];

/**
 * Returns the workers that share each step: the requested number or, by default, one per core but at most one per part
 * of a step; where TensorFlow has CUDA, one per GPU. Each gets the requested threads, else TF_NUM_INTRAOP_THREADS, else
 * its share of the cores. Of several MPI ranks, each is a worker.
 *
 * @param what  name of the parts, for the message that refuses more workers than parts
 */
export function workersOf(
  { workers, threads, backend }: Partial<OptionsOf<typeof workerOptions>>,
  parts: number,
  what: string,
): Workers {
  if (workers !== undefined && workers > parts) {
    throw new Failure('usage', `--workers: expected at most ${parts}, ${what}; got ${workers}`);
  }
  const ranks = joinedRanks();
  const cores = usableCores();
  const count =
    ranks === undefined
      ? (workers ?? Math.min(gpuCount() || cores, parts))
      : ranksFor(ranks.size, workers, parts, what);
  const share = ranks?.threads ?? Math.max(1, Math.floor(cores / count));
  const own = Number(process.env['TF_NUM_INTRAOP_THREADS']) || share;
  return { count, backend, threads: threads ?? own };
}

/** The number of GPUs that the workers use; 0 if TensorFlow computes on the CPU. */
function gpuCount(): number {
  return hasCuda() ? ownGpus().length : 0;
}

/** Returns the number of ranks that share each step: all of them, unless fewer are asked for. */
function ranksFor(size: number, workers: number | undefined, parts: number, what: string): number {
  if (workers !== undefined && workers > size) {
    throw new Failure('usage', `--workers: expected at most ${size}, the ranks; got ${workers}`);
  }
  if (workers === undefined && size > parts) {
    throw new Failure(
      'usage',
      `expected at most ${parts}, ${what}; got ${size} ranks`,
      'start fewer ranks, or let the others idle: --workers states how many share a step',
    );
  }
  return workers ?? size;
}
