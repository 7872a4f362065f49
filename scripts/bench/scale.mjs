#!/usr/bin/env node
// Measures how time and memory of a step grow with batch, width, depth, resolution, options, kernels and workers. Every
// point runs in a separate process, the rounds run one after the other, and the median of each point counts. Writes
// docs/performance.json, from which `scripts/bench/performance.mjs` makes the pictures and tables of
// docs/performance.md.
//   node scripts/bench/scale.mjs [--axes batch,width] [--rounds 3]
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './peer/report.mjs';
import { median } from './peer/statistics.mjs';
import { axes, points } from './scale/spaces.mjs';

const { values } = parseArgs({
  options: { axes: { type: 'string', default: Object.keys(axes).join() }, rounds: { type: 'string', default: '3' } },
});
const script = fileURLToPath(new URL('scale/point.mjs', import.meta.url));
const file = fileURLToPath(new URL('../../docs/performance.json', import.meta.url));

const asked = points(values.axes.split(','));
const runs = asked.map(() => []);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [i, point] of asked.entries()) {
    runs[i].push(JSON.parse(execFileSync(process.execPath, [script, JSON.stringify(point)], { encoding: 'utf8' })));
    const { stepMs, memoryMb } = runs[i].at(-1);
    console.error(`${point.axis} ${point.value}: ${stepMs.toFixed(1)} ms, ${memoryMb.toFixed(0)} MB`);
  }
}
const of = (i, field) => Number(median(runs[i].map((run) => run[field])).toPrecision(4));
const scale = asked.map(({ axis, value }, i) => ({
  axis,
  value,
  stepMs: of(i, 'stepMs'),
  memoryMb: of(i, 'memoryMb'),
}));
const document = JSON.parse(readFileSync(file, 'utf8'));
writeFileSync(file, `${JSON.stringify({ ...document, machine: machine(), scale }, null, 2)}\n`);
