/** The side of a worker that was started: it awaits its job, and ends when worker 0 ends it or is gone. */

import { stopSignals } from '#core/machine/stop-signals';
import type { Collective } from '#jobs/workers/collective';
import { type HostKernels, noHostKernels } from '#networks/tensor/host-kernels';
import { HostCollective } from './host-collective.js';
import { type FromMember, problemOf, type Start, type Total, type Vector } from './messages.js';

const memoryDescriptor = 4; // where `team.ts` hands it over, after the channel

/** What the module of a team's members calls: does the job that worker 0 gives it, once. */
export function serveMember<Job>(
  work: (job: Job, collective: Collective) => Promise<unknown>,
  host: HostKernels = noHostKernels,
): void {
  for (const signal of stopSignals) process.on(signal, () => {}); // worker 0 decides
  process.stderr.on('error', () => {}); // its terminal is gone
  process.on('disconnect', () => process.exit(0)); // worker 0 is gone
  process.once('message', ({ job, ...place }: Start<Job>) => {
    const collective = new HostCollective({ ...place, memory: memoryDescriptor, host, gather: gathering() });
    work(job, collective).catch((error: unknown) => tell({ problem: problemOf(error) })); // then worker 0 ends it
  });
}

/** Sums by way of worker 0. */
function gathering(): (values: Vector) => Promise<Vector> {
  let resolve: ((total: Vector) => void) | undefined;
  process.on('message', ({ total }: Total) => resolve?.(total));
  return (values) =>
    new Promise((resolved) => {
      resolve = resolved;
      tell({ values });
    });
}

function tell(message: FromMember): void {
  process.send?.(message, undefined, undefined, () => {}); // that worker 0 is gone, `disconnect` says
}
