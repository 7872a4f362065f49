// One process of the MPI benchmark: node rank.mjs WORKLOAD WORKERS [SAMPLES BATCH], alone or under mpirun, whose ranks then
// replace the workers; the last two regroup the architectures of the workload into other steps. Rank 0 prints as JSON the steps, their milliseconds, the share of communication and of waiting, and the bytes
// that this host's loopback interface carried per step.
import { readFileSync } from 'node:fs';
import { hostLauncher } from '#jobs/workers/host/team';
import { joinRanks } from '#jobs/workers/mpi/join';
import { openBackend } from '#networks/tensor/backend';
import { batchPool } from '../peer/batches.mjs';
import { ourCommands } from '../peer/our-commands.mjs';
import { ourNet } from '../peer/our-steps.mjs';
import { median } from '../peer/statistics.mjs';
import { cycle, regrouped, workload } from '../peer/workloads.mjs';

const [name, workers, samples, batch] = process.argv.slice(2);
const ranks = await joinRanks(process.env);
if (ranks !== undefined && ranks.rank > 0) process.exit(await ranks.serve(() => false));

openBackend({ threads: 1 });
const given = samples === undefined ? workload(name) : regrouped(workload(name), Number(samples), Number(batch));
const net = ourNet(given);
const floats = net.model.layout.size;
const team = await (ranks?.launcher ?? hostLauncher).start({
  workers: { count: ranks?.size ?? Number(workers), threads: 1 },
  module: new URL('../peer/our-worker.mjs', import.meta.url).href,
  job: { workload: given, commandNames: ['steps'] },
  longest: floats,
  vectors: net.sharedVectors,
});
const commands = await ourCommands(net, given, batchPool(given), team.collective);
const steps = async (count) => {
  await team.collective.allReduce(Float64Array.of(0, count));
  return commands.steps(count);
};
await steps(cycle);
const before = loopbackBytes();
const { ms, averagingMs, waitingMs } = await steps(cycle);
const bytesPerStep = (loopbackBytes() - before) / cycle;
const total = ms.reduce((sum, each) => sum + each, 0);
console.log(
  JSON.stringify({
    ...{
      size: team.collective.size,
      stepMs: median(ms),
      meanMs: total / cycle,
      gradientBytes: 4 * floats,
      bytesPerStep,
    },
    ...{ communication: averagingMs / total, waiting: waitingMs / total },
  }),
);
await team.end();
if (ranks !== undefined) process.exit(await ranks.end(0));

function loopbackBytes() {
  return Number(readFileSync('/sys/class/net/lo/statistics/tx_bytes', 'utf8'));
}
