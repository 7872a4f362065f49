/**
 * The program of a worker that was started: it opens its backend, imports the module of the job that it is given and
 * serves it, once. Worker 0 ends it, or it ends by itself when worker 0 is gone.
 */
import { stopSignals } from '#core/machine/stop-signals';
import type { Serve } from '#jobs/workers/launcher';
import type { BackendOptions } from '#networks/tensor/backend';
import { type HostKernels, noHostKernels } from '#networks/tensor/host-kernels';
import { hostCollective } from './host-collective.js';
import { type FromMember, problemOf, type Start, type Total, type Vector } from './messages.js';

const memoryDescriptor = 4; // where `team.ts` hands it over, after the channel

for (const signal of stopSignals) process.on(signal, () => {}); // worker 0 decides
process.stderr.on('error', () => {}); // its terminal is gone
process.on('disconnect', () => process.exit(0)); // worker 0 is gone
process.once('message', (start: Start<unknown>) => {
  served(start).catch((error: unknown) => tell({ problem: problemOf(error) })); // then worker 0 ends it
});

async function served({ module, compute, job, ...place }: Start<unknown>): Promise<void> {
  const host = compute === undefined ? noHostKernels : await opened(compute);
  const { serve } = (await import(module)) as { readonly serve: Serve<unknown> };
  await serve(job, hostCollective({ ...place, memory: memoryDescriptor, host, gather: gathering() }));
}

/** Opens the backend; the kernels that workers of one host share. */
async function opened(compute: BackendOptions): Promise<HostKernels> {
  const [{ openBackend }, { hostKernels }] = await Promise.all([
    import('#networks/tensor/backend'),
    import('#networks/tensor/tensorflow'),
  ]);
  openBackend(compute);
  return hostKernels;
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
