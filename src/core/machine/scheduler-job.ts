/** The job of a cluster's scheduler that this process belongs to. */

/**
 * Returns the id by which the scheduler's own commands name the job, from the variables that it sets: Slurm's job id,
 * `ARRAY_TASK` for a task of an array, or the name of the Kubernetes pod; undefined outside of both.
 */
export function schedulerJob(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID } = environment;
  if (SLURM_ARRAY_JOB_ID && SLURM_ARRAY_TASK_ID) return `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`;
  const { KUBERNETES_SERVICE_HOST, POD_NAME, HOSTNAME } = environment;
  return SLURM_JOB_ID || (KUBERNETES_SERVICE_HOST && (POD_NAME || HOSTNAME)) || undefined;
}
