/** The NVIDIA GPUs that this process may use, and one of them for each worker. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The GPUs that CUDA would show this process: those that CUDA_VISIBLE_DEVICES names, up to the first invalid one, else
 * all that the driver lists.
 *
 * @param root  the root of the file system
 */
export function visibleGpus(env: Environment, root = '/'): readonly string[] {
  const named = env['CUDA_VISIBLE_DEVICES'];
  if (named === undefined) return driverGpus(root).map((_, i) => String(i));
  const names = named.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(\d+|(GPU|MIG)-.+)$/.test(name));
  return end < 0 ? names : names.slice(0, end);
}

function driverGpus(root: string): string[] {
  const folder = join(root, 'proc/driver/nvidia/gpus');
  if (existsSync(folder)) return readdirSync(folder);
  const devices = join(root, 'dev');
  return existsSync(devices) ? readdirSync(devices).filter((name) => /^nvidia\d+$/.test(name)) : [];
}

/**
 * The environment variable that gives a worker one of the GPUs, in turn if there are more workers than GPUs; none
 * without GPUs. TensorFlow.js keeps tensors on the last GPU that it sees, so a process must see only one.
 */
export function gpuEnvironment(gpus: readonly string[], rank: number): Readonly<Record<string, string>> {
  const gpu = gpus[rank % gpus.length];
  return gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu };
}

/** The rank among the processes of this host that mpirun or srun started; 0 if it was started alone. */
export function localRank(env: Environment): number {
  return Number(env['OMPI_COMM_WORLD_LOCAL_RANK'] ?? env['SLURM_LOCALID'] ?? 0);
}

let all: readonly string[] | undefined;

/** All GPUs that this program may use, as it was started. */
export function ownGpus(): readonly string[] {
  all ??= visibleGpus(process.env);
  return all;
}

/** Leaves this process one GPU, before TensorFlow is loaded; `ownGpus` still returns all. */
export function takeGpu(rank = localRank(process.env)): void {
  Object.assign(process.env, gpuEnvironment(ownGpus(), rank));
}
