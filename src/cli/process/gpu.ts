/** Tries whether the GPU computes, for `doctor` and for commands that demand one. */
import { Failure } from '#core/failure';
import { gpuEnvironment, localRank, ownGpus } from '#core/machine/gpus';
import { type GpuVerdict, gpuVerdict, triedPlacement } from '#networks/tensor/placement';
import type { Backend } from '#networks/tensor/tensor';
import { hasCuda } from '#networks/tensor/tensorflow';

/** Runs ops in another process on the GPU that this one would take, and judges where they ran. */
export function triedGpu(): GpuVerdict {
  const gpus = ownGpus();
  const env = { ...process.env, ...gpuEnvironment(gpus, localRank(process.env)) };
  return gpuVerdict({ hasCuda: hasCuda(), gpus, placement: triedPlacement(env) });
}

/**
 * Refuses to begin without a GPU that computes, under --require-gpu.
 *
 * @throws Failure `backend`, which says where the ops ran
 */
export function requireGpu(
  { requireGpu, backend }: { readonly requireGpu?: boolean | undefined; readonly backend: Backend['name'] },
  tried: () => GpuVerdict = triedGpu,
): void {
  if (!requireGpu) return;
  if (backend === 'cpu') throw new Failure('usage', '--require-gpu: expected --backend tensorflow; got cpu');
  const { computes, detail, remedy = 'use a machine with a GPU, or leave --require-gpu out' } = tried();
  if (!computes) throw new Failure('backend', `--require-gpu: expected ops on a GPU; got ${detail}`, remedy);
}
