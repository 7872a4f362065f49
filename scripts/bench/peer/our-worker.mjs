// A worker of our side other than worker 0: computes its share of each command.
import { batchPool } from './batches.mjs';
import { ourCommands } from './our-commands.mjs';
import { ourNet } from './our-steps.mjs';

export async function serve({ workload: given, commandNames }, collective) {
  const net = ourNet(given);
  const commands = await ourCommands(net, given, batchPool(given), collective);
  for (;;) {
    const told = new Float64Array(2); // worker 0 adds the command's index and count
    await collective.allReduce(told);
    const [command, count] = told;
    await commands[commandNames[command]](count);
  }
}
