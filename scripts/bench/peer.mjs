#!/usr/bin/env node
// Compares the speed of training steps with PyTorch's: the same SuperNet, weights, batches and architectures on both
// sides, interleaved in blocks. Both sides' losses must first agree over 20 steps; otherwise it exits with 1. Run after
// `npm run build` and `node scripts/bench/peer/install.mjs`:
//   node scripts/bench/peer.mjs [--workload a,b] [--ways default,tuned,ddp,bf16,compile,jax,one-worker,full] [--rounds 9]
//                               [--seconds 3] [--workers N] [--precision full] [--json]
// `--seconds` is the duration of one of our blocks; `--rounds 0` only compares losses. `one-worker` is our side with
// one worker and the same threads per worker, so that the ratio is the speed-up by more workers. A step of workload e
// is one batch of 64: our side and DDP normalise each half separately, and so do all sides when losses are compared;
// when timed, a single PyTorch process takes the batch whole, as a user would run it.
import { parseArgs } from 'node:util';
import { precisions } from '#networks/tensor/precision';
import { isInstalled } from '../python/environment.mjs';
import { defaultWorkers, isCompared, jaxEnvironment, peerEnvironment, ways } from './peer/environment.mjs';
import { measure, removeFolders } from './peer/measure.mjs';
import { agreementTable, machine, timingTable, workersTable } from './peer/report.mjs';
import { killServers } from './peer/server.mjs';
import { workload, workloadNames } from './peer/workloads.mjs';

const { values } = parseArgs({
  options: {
    workload: { type: 'string', default: workloadNames.join() },
    ways: { type: 'string', default: Object.keys(ways).join() },
    workers: { type: 'string' },
    precision: { type: 'string', default: 'full' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const names = listed('workload', values.workload, workloadNames);
const wayNames = listed('ways', values.ways, Object.keys(ways));
const plan = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
if (!(Number.isInteger(plan.rounds) && plan.rounds >= 0 && plan.seconds > 0)) {
  fail(2, 'expected --rounds of at least 0 and --seconds above 0');
}
if (!['1', '2', undefined].includes(values.workers)) fail(2, `--workers: expected 1 or 2; got ${values.workers}`);
if (!precisions.includes(values.precision)) fail(2, `--precision: expected ${precisions.join(' or ')}`);
if (![peerEnvironment, jaxEnvironment].every(isInstalled))
  fail(5, 'peers are not installed; run `npm run bench:peer:install`');
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    killServers();
    removeFolders();
    process.exit(status);
  });
}

const results = [];
for (const name of names) {
  const given = workload(name);
  const workers = Number(values.workers ?? defaultWorkers(given));
  const compared = wayNames.filter((way) => isCompared(way, given) && !(way === 'full' && values.precision === 'full'));
  const report = (phase) => console.error(`${name}: ${phase}`);
  results.push(await measure(given, compared, { ...plan, workers, precision: values.precision }, report));
}
const agree = results.every(({ agreements }) => Object.values(agreements).every(({ agrees }) => agrees));
if (values.json) {
  console.log(JSON.stringify({ machine: machine(), ...plan, results }, null, 2));
} else {
  const { cpu, cores, node, torch } = machine();
  console.log(`${cpu}, ${cores} cores; Node ${node}, PyTorch ${torch}\n`);
  for (const { workload: id, title, imagesPerStep } of results)
    console.log(`${id}: ${title}, ${imagesPerStep} images a step`);
  console.log(`\n${agreementTable(results).join('\n')}`);
  const timings = timingTable(results);
  if (timings.length > 0) {
    console.log(`\nratio: their time / ours\n${timings.join('\n')}`);
    console.log(`\nour workers, share of a step's time\n${workersTable(results).join('\n')}`);
  }
}
process.exitCode = agree ? 0 : 1;

/** A comma-separated list of known names. */
function listed(option, text, known) {
  const given = text.split(',');
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0) fail(2, `--${option}: expected some of ${known.join()}; got ${unknown.join()}`);
  return given;
}

function fail(status, message) {
  console.error(`peer: ${message}`);
  process.exit(status);
}
