#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:large-set -- [--rows 1000000]`: proves that the memory of a build and of a training does not depend on
 * the number of images. Makes TFRecord files of 10,000 and of ROWS images of 32x32, builds a distillation set of each
 * with a small teacher, trains a small network for 200 steps on each, and compares the peaks of the resident memory of
 * all processes. Exits with 1 if a peak grows by more than 10 %. Everything is in a temporary folder: 5 GB for
 * 1,000,000 rows. Runs on Linux, which counts the peaks.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '#cli/terminal/table';
import { watched } from './large-set/watched.mjs';
import { writeWorld } from './large-set/world.mjs';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const allowed = 1.1;
const root = mkdtempSync(join(tmpdir(), 'mnv4-large-set-'));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    rmSync(root, { recursive: true, force: true });
    process.exit(130);
  });
}

/** @typedef {{ work: 'build' | 'training', rows: number, seconds: number, mb: number, peaksMb: number[] }} Measured */
/** @type {Measured[]} */
const measured = [];
try {
  for (const rows of [10_000, Number(values.rows)]) {
    const folder = join(root, String(rows));
    await writeWorld(folder, rows);
    const set = join(folder, 'set');
    const build = await watched(['dataset', 'build', join(folder, 'large.dataset.yaml'), '--to', set]);
    const mb = bytesIn(set) / 1e6;
    report({ work: 'build', rows, mb, ...build });
    const training = ['train', join(folder, 'network.yaml'), '--recipe', join(folder, 'large.train.yaml')];
    report({ work: 'training', rows, mb, ...(await watched([...training, '--root', folder, '--run-id', 'run'])) });
    rmSync(folder, { recursive: true });
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
const head = ['work', 'rows', 'set, MB', 'seconds', 'us per row', 'MB/s', 'processes', 'peak, MiB', 'ratio'];
console.log(aligned([head, ...measured.map(rowOf)], new Set([1, 2, 3, 4, 5, 6, 7, 8])).join('\n'));
process.exitCode = measured.every((one) => ratioOf(one) <= allowed) ? 0 : 1;
console.log(`memory ${process.exitCode === 0 ? 'stays within' : 'GROWS BEYOND'} ${allowed} of that with 10,000 images`);

/** @param {Measured} one */
function report(one) {
  measured.push(one);
  console.error(`large-set: ${rowOf(one).join('  ')}`);
}

/** @param {Measured} one */
function rowOf(one) {
  const { work, rows, mb, seconds, peaksMb } = one;
  const isBuild = work === 'build';
  return [
    work,
    rows.toLocaleString('en'),
    mb.toFixed(0),
    seconds.toFixed(1),
    isBuild ? ((1e6 * seconds) / rows).toFixed(0) : '',
    isBuild ? (mb / seconds).toFixed(1) : '',
    String(peaksMb.length),
    peakOf(one).toFixed(0),
    ratioOf(one).toFixed(2),
  ];
}

/** The sum of the peaks of all processes. @param {Measured} one */
function peakOf({ peaksMb }) {
  return peaksMb.reduce((sum, mb) => sum + mb, 0);
}

/** The peak over that of the same work with 10,000 images. @param {Measured} one */
function ratioOf(one) {
  const first = measured.find(({ work }) => work === one.work) ?? one;
  return peakOf(one) / peakOf(first);
}

/** @param {string} folder */
function bytesIn(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
