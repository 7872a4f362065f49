import { describe, expect, it } from 'vitest';
import { launchedRank } from '#jobs/workers/mpi/launched';
import { failureOf } from '#test/data/fixtures';

describe('the environment of a process', () => {
  it.each([
    ['started alone', {}, undefined],
    ["of mpirun's rank 1", { OMPI_COMM_WORLD_SIZE: '2', OMPI_COMM_WORLD_RANK: '1', PMIX_RANK: '1' }, 1],
    ['of mpirun with one rank', { OMPI_COMM_WORLD_SIZE: '1', OMPI_COMM_WORLD_RANK: '0', PMIX_RANK: '0' }, undefined],
    ["of srun's rank 3 with PMIx", { PMIX_RANK: '3', SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '3' }, 3],
    ['of srun with one task', { PMIX_RANK: '0', SLURM_STEP_NUM_TASKS: '1' }, undefined],
    ['of srun without MPI', { SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '3' }, undefined],
    ['of one process of another MPI library', { PMI_RANK: '0', PMI_SIZE: '1' }, undefined],
  ])('%s gives its rank among several', (_, env, rank) => {
    expect(launchedRank(env)).toBe(rank);
  });

  it('of several processes of another MPI library is refused', () => {
    const failure = failureOf(() => launchedRank({ PMI_RANK: '1', PMI_SIZE: '2' }));
    expect([failure.kind, failure.message]).toEqual([
      'backend',
      'process 1 of 2 was started without Open MPI (PMI_SIZE is set)',
    ]);
    expect(failure.remedy).toContain('srun --mpi=pmix');
  });
});
