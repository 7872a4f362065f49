/** The workers that share the steps of a job, from those that were asked for and the machine. */
import { Failure } from '#core/failure';
import { usableCores } from '#core/machine/cores';
import { ownGpus } from '#core/machine/gpus';
import { hasCuda } from '#networks/tensor/tensorflow';
import type { Workers } from './launcher.js';
import { joinedRanks } from './ranks.js';

/** Workers as asked for; what is left out is decided here. */
export interface WorkersRequest {
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly backend?: Workers['backend'];
}

/**
 * Returns the workers that share each step: the requested number or, by default, one per core but at most one per part
 * of a step; where TensorFlow has CUDA, one per GPU. Each gets the requested threads, else TF_NUM_INTRAOP_THREADS, else
 * its share of the cores. Of several MPI ranks, each is a worker.
 *
 * @param what  name of the parts, for the message that refuses more workers than parts
 */
export function workersOf({ workers, threads, backend }: WorkersRequest, parts: number, what: string): Workers {
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
