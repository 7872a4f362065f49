#!/usr/bin/env node
// The peak of resident memory during steps of a workload, all processes of a side together: ours in both precisions, and
// PyTorch's in one process with its allocator tuned. Run after `npm run build` and `node scripts/bench/peer/install.mjs`:
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
      rows.push([name, title, `${(await peak(server)).toFixed(0)} MB`]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(aligned([['workload', 'side', 'peak resident'], ...rows], new Set([2])).join('\n'));

/** Peak in MB of a server's processes, summed over them. */
async function peak(server) {
  const running = await startServer(server);
  await running.ask('reset 0');
  await running.ask(`steps ${values.steps}`);
  const megabytes = residentPeak(running.pid);
  await running.end();
  return megabytes;
}

function residentPeak(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const own = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return children.reduce((total, child) => total + residentPeak(child), own);
}
