#!/usr/bin/env node
// `npm run bench:mpi [-- WORKLOAD [ROUNDS]]`: measures steps of a workload of the peer benchmark (default b) by one
// process, by worker processes, and by MPI ranks that share memory or, as on separate nodes, exchange over TCP. All ways
// take turns, and the median of the rounds (default 5) counts. Every process computes with one thread.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mpirun, requireMpi } from '../proof/mpi/mpirun.mjs';
import { median } from './peer/statistics.mjs';

const [name = 'b', rounds = '5'] = process.argv.slice(2);
const script = fileURLToPath(new URL('mpi/rank.mjs', import.meta.url));
const ranks = (nodes) => async () => {
  const { status, stdout, stderr } = await mpirun(nodes, [script, name]);
  if (status !== 0) throw new Error(`mpirun ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
};
const workers = (n) => async () =>
  JSON.parse(execFileSync(process.execPath, [script, name, String(n)], { encoding: 'utf8' }));
const ways = {
  '1 process': workers(1),
  '2 workers': workers(2),
  '2 ranks, one node': ranks([2]),
  '2 ranks, two nodes': ranks([1, 1]),
};

console.log(`Open MPI ${requireMpi()}, workload ${name}, ${rounds} rounds`);
const found = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
for (let round = 0; round < Number(rounds); round++) {
  for (const [way, measure] of Object.entries(ways)) found[way].push(await measure());
}
const of = (way, field) => median(found[way].map((each) => each[field]));
const base = of('1 process', 'stepMs');
console.log('| way | ms a step | speed-up | communication | waiting | bytes a step on loopback |');
console.log('|---|---|---|---|---|---|');
for (const way of Object.keys(ways)) {
  const share = (field) => `${(100 * of(way, field)).toFixed(1)} %`;
  const stepMs = of(way, 'stepMs');
  const bytes = Math.min(...found[way].map(({ bytesPerStep }) => bytesPerStep)); // other programs use it too
  const cells = [
    stepMs.toFixed(1),
    (base / stepMs).toFixed(2),
    share('communication'),
    share('waiting'),
    Math.round(bytes),
  ];
  console.log(`| ${way} | ${cells.join(' | ')} |`);
}
const gradient = of('1 process', 'gradientBytes');
console.log(
  `gradient: ${gradient} bytes; 2 ranks on two nodes send 2 (n - 1) / n of it each, ${2 * gradient} bytes together`,
);
