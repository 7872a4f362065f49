/** The scheduler's job that this process belongs to, and its rank among the processes that were started together. */

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The id of the scheduler's job: MNV4_JOB, else Slurm's job (`ARRAY_TASK` in an array), else the name of the Kubernetes
 * pod, which contains the job's; undefined without a scheduler.
 */
export function schedulerJob(env: Environment): string | undefined {
  const array = env['SLURM_ARRAY_JOB_ID'];
  const pod = env['KUBERNETES_SERVICE_HOST'] ? env['HOSTNAME'] : undefined;
  const slurm = array ? `${array}_${env['SLURM_ARRAY_TASK_ID']}` : env['SLURM_JOB_ID'];
  return env['MNV4_JOB'] || slurm || pod || undefined;
}

/** The rank that Open MPI, PMIx, PMI or Slurm gives this process; 0 without any of them. */
export function processRank(env: Environment): number {
  const given = ['OMPI_COMM_WORLD_RANK', 'PMIX_RANK', 'PMI_RANK', 'SLURM_PROCID'].find((name) => env[name]);
  return given === undefined ? 0 : Number(env[given]);
}
