/** Detects from the environment that mpirun or srun started this process as one of several. */
import { Failure } from '#core/failure';

/**
 * Rank of this process among those that Open MPI's mpirun or `srun --mpi=pmix` started; undefined if it was started
 * alone. Throws a backend failure under the launcher of another MPI library, whose processes cannot be joined.
 */
export function launchedRank(env: NodeJS.ProcessEnv): number | undefined {
  const size = env['OMPI_COMM_WORLD_SIZE'];
  if (size !== undefined) return Number(size) > 1 ? Number(env['OMPI_COMM_WORLD_RANK']) : undefined;
  const rank = env['PMIX_RANK'];
  if (rank !== undefined) return env['SLURM_STEP_NUM_TASKS'] === '1' ? undefined : Number(rank);
  const others = Number(env['PMI_SIZE'] ?? 1);
  if (others === 1) return undefined;
  throw new Failure(
    'backend',
    `process ${env['PMI_RANK']} of ${others} was started without Open MPI (PMI_SIZE is set)`,
    "start the ranks with Open MPI's mpirun or with `srun --mpi=pmix`; processes that share nothing need PMI_SIZE unset",
  );
}
