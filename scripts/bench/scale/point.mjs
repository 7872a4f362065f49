// Measures one point of the scale benchmark: node point.mjs POINT, a JSON object. Prints as JSON the median
// milliseconds of a step and the peak resident memory of its workers together.
import { readFileSync } from 'node:fs';
import { randomStream } from '#core/random';
import { hostLauncher } from '#jobs/workers/host/team';
import { isFilterChoice } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import { batchPool } from '../peer/batches.mjs';
import { ourCommands } from '../peer/our-commands.mjs';
import { ourNet } from '../peer/our-steps.mjs';
import { median } from '../peer/statistics.mjs';
import { cycle } from '../peer/workloads.mjs';
import { spaceOf } from './spaces.mjs';

const point = JSON.parse(process.argv[2]);
const workload = workloadOf(point);
openBackend({ threads: 1 });
const net = ourNet(workload);
const commandNames = ['steps'];
const team = await hostLauncher.start({
  workers: { count: point.workers, threads: 1 },
  module: new URL('../peer/our-worker.mjs', import.meta.url).href,
  job: { workload, commandNames },
  longest: net.model.layout.size,
  vectors: net.sharedVectors,
});
const commands = await ourCommands(net, workload, batchPool(workload), team.collective);
const steps = async (count) => {
  await team.collective.allReduce(Float64Array.of(0, count));
  return commands.steps(count);
};
await steps(cycle);
const { ms } = await steps(cycle);
process.stdout.write(JSON.stringify({ stepMs: median(ms), memoryMb: peakMb() * point.workers }));
await team.end();

/** The workload of a point, in the form of the peer benchmark: one sample per worker. */
function workloadOf({ batch, kernels, workers: samples, ...sizes }) {
  const space = spaceOf({ kernels, ...sizes });
  const random = randomStream('scale/selections');
  const allOn = space.choices.map((choice) => kernels > 1 && !isFilterChoice(choice));
  const draw = () => ({ decisions: space.choices.map(({ options }) => random.below(options.length)), allOn });
  return {
    name: 'scale',
    batch,
    samples,
    space,
    sequence: Array.from({ length: cycle }, () => Array.from({ length: samples }, draw)),
    optimizer: { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 },
    l2: 4e-5,
    learningRate: 0.05,
    warmupSteps: 10,
  };
}

/** Peak resident memory of this process in MB; each worker needs the same. */
function peakMb() {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}
