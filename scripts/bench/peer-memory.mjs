#!/usr/bin/env node
// The peak of memory during steps of a workload, all processes of a side together: ours in both precisions, and PyTorch's
// in one process with its allocator tuned. Three figures: the sum of the processes' resident sets, in which libraries and
// other memory that several processes share count for each of them; the memory that they take together, in which it
// counts once (the sum of the proportional sets, read every 20 ms); and that without the pages of files, the code of
// libraries above all, which the system can drop and read again. Run after `npm run build` and
// `node scripts/bench/peer/install.mjs`:
//   node scripts/bench/peer-memory.mjs [--workload b,c] [--steps 20]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { precisions } from '#networks/tensor/precision';
import { defaultWorkers, otherServer, ourServer } from './peer/environment.mjs';
import { startServer } from './peer/server.mjs';
import { workload } from './peer/workloads.mjs';

const { values } = parseArgs({
  options: { workload: { type: 'string', default: 'b,c' }, steps: { type: 'string', default: '20' } },
});
const rows = [];
for (const name of values.workload.split(',')) {
  const given = workload(name);
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-peer-'));
  try {
    const sides = precisions.map((precision, i) => {
      const own = { workers: defaultWorkers(given), precision };
      return [`ours, ${precision}`, ourServer(given, own, i === 0 ? folder : [])]; // one writes the exchange
    });
    for (const [title, server] of [...sides, ['PyTorch, tuned allocator', otherServer('tuned', given, {}, folder)]]) {
      rows.push([name, title, ...(await peaks(server))]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const heading = ['workload', 'side', 'resident, MB', 'together, MB', 'without files, MB'];
console.log(aligned([heading, ...rows], new Set([2, 3, 4])).join('\n'));

/** Peaks in MB of a server's processes: of their resident sets, and of what they take together, with and without files. */
async function peaks(server) {
  const running = await startServer(server);
  let [together, withoutFiles] = [0, 0];
  const watch = setInterval(() => {
    const pss = (kind) => sum(running.pid, 'smaps_rollup', kind);
    together = Math.max(together, pss('Pss'));
    withoutFiles = Math.max(withoutFiles, pss('Pss_Anon') + pss('Pss_Shmem'));
  }, 20);
  await running.ask(`steps ${values.steps}`);
  clearInterval(watch);
  const resident = sum(running.pid, 'status', 'VmHWM');
  await running.end();
  return [resident, together, withoutFiles].map((megabytes) => megabytes.toFixed(0));
}

/** A figure in MB of a file of /proc, summed over a process and those that it started. */
function sum(pid, file, name) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const [, kib] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8')) ?? [];
  return children.reduce((total, child) => total + sum(child, file, name), Number(kib) / 1024);
}
