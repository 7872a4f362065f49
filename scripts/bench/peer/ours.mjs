// Our side as a server: node ours.mjs WORKLOAD WORKERS THREADS PRECISION [FOLDER]. Writes the exchange to the folder, prints
// its versions, and then answers each line on standard input with one line of JSON; it is idle in between.
//   reset FROM   restores the initial weights; the next step is that of position FROM in the sequence
//   check N      N steps, untimed   -> { losses, logits? }
//   steps N      N steps            -> { ms, losses, cpuMs, averagingMs, waitingMs }, `ms` of each step, the others in
//                                      total; `cpuMs` of all workers
import { createInterface } from 'node:readline';
import { hostLauncher } from '#jobs/workers/host/team';
import { openBackend } from '#networks/tensor/backend';
import { batchPool } from './batches.mjs';
import { writeExchange } from './exchange.mjs';
import { ourCommands } from './our-commands.mjs';
import { ourNet } from './our-steps.mjs';
import { workload } from './workloads.mjs';

const [name, count, threadsEach, precision, folder] = process.argv.slice(2);
const [workers, threads] = [Number(count), Number(threadsEach)];
const commandNames = ['reset', 'check', 'steps'];
const module = new URL('our-worker.mjs', import.meta.url).href;

const { version } = openBackend({ threads });
const given = { ...workload(name), precision };
const pool = batchPool(given);
const net = ourNet(given);
if (folder !== undefined) writeExchange(folder, given, pool, net.save());
const job = { workload: given, commandNames };
const request = {
  workers: { count: workers, threads },
  module,
  job,
  longest: net.model.layout.size,
  vectors: net.sharedVectors,
};
const { collective, end } = await hostLauncher.start(request);
const commands = await ourCommands(net, given, pool, collective);
answer({ tensorflow: version, processes: workers, threads });
for await (const line of createInterface({ input: process.stdin })) {
  const [command, number] = line.split(' ');
  await collective.allReduce(Float64Array.of(commandNames.indexOf(command), Number(number)));
  answer(await commands[command](Number(number)));
}
await end();

function answer(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
