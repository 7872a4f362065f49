import { expect, it } from 'vitest';
import { schedulerJob } from '#core/machine/scheduler-job';

const slurm = { SLURM_JOB_ID: '17' };
const kubernetes = { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'coarse-2' };

it.each([
  ['nothing', {}, undefined],
  ['a host name alone', { HOSTNAME: 'desk' }, undefined],
  ['a Slurm job', slurm, '17'],
  ['a task of a Slurm array', { ...slurm, SLURM_ARRAY_JOB_ID: '15', SLURM_ARRAY_TASK_ID: '0' }, '15_0'],
  ['a Kubernetes pod', kubernetes, 'coarse-2'],
  ['a pod whose name is given', { ...kubernetes, POD_NAME: 'coarse-2-xk7zt' }, 'coarse-2-xk7zt'],
])('finds the job in the variables of %s', (_, environment, job) => {
  expect(schedulerJob(environment)).toBe(job);
});
