import { expect, it } from 'vitest';
import { processRank, schedulerJob } from '#core/machine/scheduler';

it.each([
  [{}, undefined, 0],
  [{ SLURM_JOB_ID: '17', SLURM_PROCID: '3' }, '17', 3],
  [{ SLURM_JOB_ID: '19', SLURM_ARRAY_JOB_ID: '17', SLURM_ARRAY_TASK_ID: '2' }, '17_2', 0],
  [{ SLURM_JOB_ID: '17', SLURM_PROCID: '0', OMPI_COMM_WORLD_RANK: '5' }, '17', 5],
  [{ KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'search-2-x7k' }, 'search-2-x7k', 0],
  [{ HOSTNAME: 'desk' }, undefined, 0],
  [{ SLURM_JOB_ID: '17', MNV4_JOB: 'nightly' }, 'nightly', 0],
])('the environment %j belongs to job %j and rank %j', (env, job, rank) => {
  expect([schedulerJob(env), processRank(env)]).toEqual([job, rank]);
});
