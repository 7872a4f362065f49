/** Teams whose members compute with tensors, each as worker 0 does: with the same backend and as many threads. */

import { serveMember } from '#jobs/workers/host/member';
import { type TeamRequest, withTeam } from '#jobs/workers/host/team';
import { type BackendOptions, openBackend } from '#networks/tensor/backend';
import { hostKernels } from '#networks/tensor/tensorflow';
import type { Collective } from './collective.js';

/** How many processes work on a step, this one included, and how each computes. */
export interface Workers extends BackendOptions {
  readonly count: number;
}

export const oneWorker: Workers = { count: 1 };

interface ComputingJob<Job> {
  readonly compute: BackendOptions;
  readonly job: Job;
}

/** As many workers as are asked for, but no more than a step has units to share out. */
export function workersFor(workers: Workers, units: number): Workers {
  return { ...workers, count: Math.min(workers.count, units) };
}

/** Does `work` as worker 0 of a team; `module` calls `serveComputing`. */
export function withComputingTeam<Job, T>(
  { count, backend, threads }: Workers,
  { module, job, longest }: Omit<TeamRequest<Job>, 'size'>,
  work: (collective: Collective) => Promise<T>,
): Promise<T> {
  const computing: ComputingJob<Job> = { compute: { backend, threads }, job };
  return withTeam({ size: count, module, longest, job: computing }, work, hostKernels);
}

/** Does the job of a team's member once its backend is open. */
export function serveComputing<Job>(work: (job: Job, collective: Collective) => Promise<unknown>): void {
  serveMember(async ({ compute, job }: ComputingJob<Job>, collective) => {
    openBackend(compute);
    await work(job, collective);
  }, hostKernels);
}
