#!/usr/bin/env node
// The kernels of a step against the roofline of one core: the bytes that an algorithm needs, inputs and outputs once
// each, the multiply-adds, and the least time that they take on this machine. One worker with one thread. Run after
// `npm run build`:
//   node scripts/bench/roofline.mjs [--workload b] [--precision full] [--steps 10]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { oneProcess } from '#jobs/workers/collective';
import { backend, openBackend } from '#networks/tensor/backend';
import { processorOptions } from '../setup/native.mjs';
import { batchPool } from './peer/batches.mjs';
import { ourNet, ourSteps } from './peer/our-steps.mjs';
import { machine } from './peer/report.mjs';
import { imagesPerStep, workload } from './peer/workloads.mjs';
import { bytesOf, multiplyAdds } from './roofline/work.mjs';

const { values } = parseArgs({
  options: {
    workload: { type: 'string', default: 'b' },
    precision: { type: 'string', default: 'full' },
    steps: { type: 'string', default: '10' },
  },
});
openBackend({ threads: 1 });
const given = { ...workload(values.workload), precision: values.precision };
const step = ourSteps(ourNet(given), given, batchPool(given), oneProcess);
const steps = Number(values.steps);
const peak = machinePeak();

for (let i = 0; i < 5; i++) await step(i, i);
const kernels = new Map();
record(kernels);
const start = performance.now();
for (let i = 5; i < 5 + steps; i++) await step(i, i);
const total = (performance.now() - start) / steps;
print();

/** Peak of one core, measured by a program that is compiled like the kernels. */
function machinePeak() {
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-roofline-'));
  const at = (path) => fileURLToPath(new URL(path, import.meta.url));
  try {
    const program = join(folder, 'machine');
    const flags = ['-std=c++17', '-O3', ...processorOptions, `-I${at('../../src/networks/tensor/native')}`];
    execFileSync(process.env.CXX ?? 'g++', [...flags, at('roofline/machine.cc'), '-o', program], { stdio: 'inherit' });
    return JSON.parse(execFileSync(program, { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Notes time, bytes and multiply-adds of each op by name, from here on. */
function record(found) {
  const used = backend();
  const run = used.run.bind(used);
  used.run = (op, attributes, inputs, outputs) => {
    const began = performance.now();
    const made = run(op, attributes, inputs, outputs);
    const ms = performance.now() - began;
    const entry = found.get(op) ?? { ms: 0, bytes: 0, macs: 0, calls: 0 };
    found.set(op, entry);
    entry.ms += ms;
    entry.calls++;
    entry.bytes += bytesOf(op, inputs, made);
    entry.macs += multiplyAdds(op, inputs, made);
    return made;
  };
}

function print() {
  const { cpu } = machine();
  const images = imagesPerStep(given);
  const multiply = values.precision === 'full' ? peak.floats : peak.pairs;
  const giga = (rate) => (rate / 1e9).toFixed(0);
  console.log(`${cpu}, one core: ${giga(peak.floats)} G multiply-adds/s of floats, ${giga(peak.pairs)} of bfloat16;`);
  console.log(`reads ${giga(peak.readBytes)} GB/s, copies ${giga(peak.copyBytes)} GB/s past the caches`);
  console.log(
    `${given.name}: ${given.title}, ${values.precision}: ${total.toFixed(1)} ms a step of ${images} images\n`,
  );
  const rows = [...kernels].map(([op, { ms, bytes, macs, calls }]) => {
    const rate = op.startsWith('Mnv4Depthwise') ? peak.floats : multiply; // their vectors are floats
    const least = 1000 * Math.max(bytes / peak.copyBytes, macs / rate);
    return { op, ms: ms / steps, bytes: bytes / steps, macs: macs / steps, least: least / steps, calls: calls / steps };
  });
  rows.sort((a, b) => b.ms - a.ms);
  const shown = rows.filter(({ ms }) => ms >= 0.005 * total);
  const sum = (field) => rows.reduce((all, row) => all + row[field], 0);
  const line = ({ op, calls, ms, bytes, macs, least }) => [
    op.replace(/^Mnv4/, ''),
    calls.toFixed(0),
    ms.toFixed(1),
    `${((100 * ms) / total).toFixed(1)} %`,
    (bytes / images / 1000).toFixed(0),
    (macs / images / 1e6).toFixed(1),
    least.toFixed(1),
    `${((100 * least) / ms).toFixed(0)} %`,
  ];
  const all = Object.fromEntries(['calls', 'ms', 'bytes', 'macs', 'least'].map((field) => [field, sum(field)]));
  const head = ['kernel', 'calls', 'ms', 'of the step', 'kB/image', 'M mult.-adds/image', 'least ms', 'of it reached'];
  console.log(
    aligned([head, ...shown.map(line), line({ op: 'all', ...all })], new Set([1, 2, 3, 4, 5, 6, 7])).join('\n'),
  );
}
