/**
 * The program of a started worker: it opens its backend, imports the module of its job and serves that one job. Worker
 * 0 ends it; if worker 0 is gone, it exits by itself.
 */
import { stopSignals } from '#core/machine/stop-signals';
import type { Serve } from '#jobs/workers/launcher';
import { startPulse } from '#jobs/workers/start-pulse';
import type { BackendOptions } from '#networks/tensor/backend';
import { type HostKernels, noHostKernels } from '#networks/tensor/host-kernels';
import { HostCollective, pulsePlaces } from './host-collective.js';
import { type Assignment, type FromMember, problemOf, type Start, type Total, type Vector } from './messages.js';

const memoryDescriptor = 4; // the position after the IPC channel in the `stdio` of `team.ts`

for (const signal of stopSignals) process.on(signal, () => {}); // worker 0 decides
process.stderr.on('error', () => {}); // the terminal may be gone
process.on('disconnect', () => process.exit(0)); // worker 0 is gone
const assignment = new Promise<Assignment>((resolve) => {
  process.on('message', (message: Start | Assignment | Total) => {
    if ('job' in message) resolve(message);
  });
});
process.once('message', (start: Start) => {
  served(start).catch((error: unknown) => tell({ problem: problemOf(error) })); // then worker 0 ends it
});

async function served({ module, compute, stall, ...place }: Start): Promise<void> {
  startPulse(place.rank, pulsePlaces(memoryDescriptor, place), { limits: stall });
  const host = compute === undefined ? noHostKernels : await opened(compute);
  const { serve } = (await import(module)) as { readonly serve: Serve<unknown> };
  const { job } = await assignment;
  await serve(job, new HostCollective({ ...place, memory: memoryDescriptor, host, gather: gathering() }));
}

/** Opens the backend and returns the kernels for workers that share a host. */
async function opened(compute: BackendOptions): Promise<HostKernels> {
  const [{ openBackend }, { hostKernels }] = await Promise.all([
    import('#networks/tensor/backend'),
    import('#networks/tensor/tensorflow'),
  ]);
  openBackend(compute);
  return hostKernels;
}

/** Returns a function that sums a vector over the workers through worker 0. */
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
  process.send?.(message, undefined, undefined, () => {}); // `disconnect` reports that worker 0 is gone
}
