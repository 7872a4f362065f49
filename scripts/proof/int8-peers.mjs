#!/usr/bin/env node
// Compares our networks in int8 with those that other tools make of our float32 files, with the same weights and the same
// 256 training images: size, top-1 on test images, agreement with float32, and latency of one image on one thread, all in
// turns. Exits with 1 if ours is less accurate than a peer's by more than its 95 % interval, or slower than a peer's in
// the same runtime by more than 5 %. Run after `npm run litert:install` and `npm run proof:int8-peers:install`:
//   npm run proof:int8-peers -- RUN --dataset configs/recipes/cifar10.dataset.yaml [--images 2000] [--repeats 15] [--write]
// RUN is a finished training; --folder names a set instead of its recipe. `--write` makes the table of docs/int8.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { givenNetwork } from '#cli/arguments/given-network';
import { aligned } from '#cli/terminal/table';
import { wilsonInterval } from '#core/statistics/scoring';
import { litertLogits } from '#data/runtimes/litert';
import { LitertTimer } from '#data/runtimes/litert-timer';
import { openOnnxSession } from '#data/runtimes/onnx-session';
import { isInstalled } from '#data/runtimes/python-environment';
import { openSet } from '#data/sets/built-set';
import { inOrder } from '#data/sets/loader';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import { openBackend } from '#networks/tensor/backend';
import { interleaved } from '#tasks/devices/interleaved';
import { onnxRuntime } from '#tasks/devices/onnx-subject';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { litertInt8Model, litertModel } from '#tasks/export/litert/litert';
import { onnxInt8Model, onnxLogits, onnxModel } from '#tasks/export/onnx/onnx';
import { calibrationImages } from '#tasks/project/calibration-images';
import { exportedOf } from '#tasks/project/exported';
import { namedSet } from '#tasks/project/trial-images';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { docs, filled, table } from '../docs/page.mjs';
import { onnx2tfEnvironment, peersEnvironment } from './int8-peers/environment.mjs';

const head = ['file', 'runtime', 'MB', 'top-1', 'same class as float32', 'ms', 'faster than float32'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: 'string' },
    folder: { type: 'string' },
    images: { type: 'string', default: '2000' },
    repeats: { type: 'string', default: '15' },
    write: { type: 'boolean', default: false },
  },
});
const { dataset, folder: setFolder } = values;
const named = namedSet({ dataset, folder: setFolder });
if (positionals.length !== 1 || named === undefined) fail(2, 'expected RUN, and --dataset RECIPE or --folder DIR');
if (![peersEnvironment, onnx2tfEnvironment].every(isInstalled))
  fail(5, 'its peers are not installed; run `npm run proof:int8-peers:install`');

openBackend({});
const folder = scratchFolder('int8-peers');
const exported = exportedOf(givenNetwork(positionals[0], { root: 'runs' }));
const { network } = exported;
/** The files to compare, the float32 ones first; peers read those by their names. */
const files = [
  { name: 'model.tflite', made: 'float32' },
  { name: 'model-int8.tflite', made: 'int8, ours' },
  { name: 'quantizer.tflite', made: `int8, AI Edge Quantizer ${peersEnvironment.pins['ai-edge-quantizer']}` },
  {
    name: 'onnx2tf/model_integer_quant.tflite',
    made: `int8, onnx2tf ${onnx2tfEnvironment.pins.onnx2tf} of our ONNX file`,
  },
  { name: 'model.onnx', made: 'float32' },
  { name: 'model-int8.onnx', made: 'int8, ours' },
  { name: 'runtime.onnx', made: `int8, quantize_static of ONNX Runtime ${peersEnvironment.pins.onnxruntime}` },
];
try {
  await writeFiles();
  const accuracies = await accuraciesOf(await testImages());
  const { timings, runtimes } = await timingsOf();
  const results = files.map((file, f) => {
    const bytes = statSync(join(folder, file.name)).size;
    return { ...file, ...accuracies[f], ...timings[f], bytes, runtime: runtimes[f] };
  });
  const rows = results.map((result) => row(result, results));
  console.log(aligned([head, ...rows], new Set([2, 3, 4, 5, 6])).join('\n'));
  if (values.write) keep(rows);
  const missed = results.filter((result) => isPeer(result) && !holds(result, results));
  for (const { made } of missed) console.error(`int8-peers: behind ${made}`);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes our files, and has the peers quantize those in float32. */
async function writeFiles() {
  const images = await calibrationImages(network, undefined, { dataset, folder: setFolder });
  const { quantized, rule } = quantizedNetwork(exported, images);
  console.error(`int8-peers: our ranges by ${rule}`);
  const write = (name, parts) => writeFileSync(join(folder, name), Buffer.concat(parts));
  write('model.tflite', litertModel(exported, { fold: true, batch: 1 }));
  write('model-int8.tflite', litertInt8Model(exported, quantized, 1));
  write('model.onnx', [onnxModel(exported, { fold: true, batch: 1 })]);
  write('model-int8.onnx', [onnxInt8Model(exported, quantized, 1)]);
  const shape = [images.n, ...inputShape(network.input)];
  const pixels = preprocessed(images.images, shape, preprocessingFor('NHWC', network.input));
  write('calibration.f32', [new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)]);
  const program = fileURLToPath(new URL('int8-peers/peers.py', import.meta.url));
  runPeer(peersEnvironment.python, ['-B', program, folder, ...shape.map(String)]);
  const calibration = ['-cind', 'image', 'calibration.npy', '[[[[0,0,0]]]]', '[[[[1,1,1]]]]']; // normalised already
  const floats = ['-iqd', 'float32', '-oqd', 'float32'];
  const onnx2tf = join(onnx2tfEnvironment.folder, 'bin', 'onnx2tf');
  runPeer(onnx2tf, ['-i', 'model.onnx', '-o', 'onnx2tf', '-oiqt', ...calibration, ...floats, '-n']);
}

function runPeer(program, args) {
  const run = spawnSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status === 0) return;
  throw new Error(`${program} ended with ${run.error ?? run.signal ?? run.status}: ${run.stderr.slice(-2000)}`);
}

/** Returns test images spread evenly, since sets may be in the order of their classes, with their labels. */
async function testImages() {
  const split = openSet(named).split('test');
  const every = Math.max(1, Math.floor(split.rows / Number(values.images)));
  const size = inputSize(network.input);
  const taken = { images: [], labels: [] };
  let at = 0;
  for await (const { n, images, labels } of inOrder(split, 500)) {
    for (let i = 0; i < n; i++) {
      if (at++ % every !== 0) continue;
      taken.images.push(images.slice(i * size, (i + 1) * size));
      taken.labels.push(labels[i]);
    }
  }
  return { n: taken.labels.length, images: new Uint8Array(Buffer.concat(taken.images)), labels: taken.labels };
}

/** Top-1 of each file, and the share of images with the same class on top as in float32 of the same format. */
async function accuraciesOf({ n, images, labels }) {
  const tops = [];
  for (const { name } of files) tops.push(topsOf(await logitsOf(name, { n, images }), n));
  return tops.map((top, f) => {
    const float = tops[files.findLastIndex(({ made }, i) => i <= f && made === 'float32')];
    const share = (other) => top.reduce((same, label, i) => same + (label === other[i]), 0) / n;
    return { n, top1: share(labels), agreement: share(float) };
  });
}

async function logitsOf(name, { n, images }) {
  const file = join(folder, name);
  if (name.endsWith('.tflite')) {
    const pixels = preprocessed(images, [n, ...inputShape(network.input)], preprocessingFor('NHWC', network.input));
    return litertLogits(file, pixels, 1, 'xnnpack').logits[0];
  }
  const session = await openOnnxSession(file, { name });
  const logits = await onnxLogits(session, network, { n, images, batch: 1 });
  await session.release();
  return logits;
}

function topsOf(logits, n) {
  const { classes } = network;
  return Array.from({ length: n }, (_, i) => {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}

/** Times all files in turns, on one thread. */
async function timingsOf() {
  const timer = new LitertTimer(1);
  const opened = [];
  const subjects = [];
  for (const { name } of files) {
    const file = join(folder, name);
    if (name.endsWith('.tflite')) {
      subjects.push({ ...(await timer.load(file, { profiled: false })), name, isOneThread: true });
      continue;
    }
    const runtime = onnxRuntime(1, () => readFileSync(file));
    opened.push(runtime);
    subjects.push(await runtime.open(name, network));
  }
  const timings = await interleaved(subjects, { repeats: Number(values.repeats), warmup: 5 });
  for (const runtime of [...opened, timer]) await runtime.close();
  return { timings, runtimes: subjects.map(({ runtime }) => runtime) };
}

function isPeer({ made }) {
  return made.startsWith('int8') && !made.includes('ours');
}

/** True if ours in the same runtime is as accurate as a peer's within noise, and as fast. */
function holds(peer, results) {
  const ours = results.find(({ made, runtime }) => made === 'int8, ours' && runtime === peer.runtime);
  const [, highest] = wilsonInterval(Math.round(ours.top1 * ours.n), ours.n);
  return peer.top1 <= highest && ours.ms <= 1.05 * peer.ms;
}

function row({ made, runtime, bytes, top1, agreement, ms, interval }, results) {
  const float = results.find((other) => other.made === 'float32' && other.runtime === runtime);
  const range = interval === null ? '' : ` (${interval.map((end) => end.toFixed(3)).join(' to ')})`;
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  const speed = (float.ms / ms).toFixed(2);
  return [
    made,
    runtime,
    (bytes / 1e6).toFixed(2),
    percent(top1),
    percent(agreement),
    `${ms.toFixed(3)}${range}`,
    speed,
  ];
}

function keep(rows) {
  const about = `${network.name}, ${values.images} test images of ${openSet(named).manifest.name}, ${cpus()[0].model.trim()}, one thread, medians of ${values.repeats} turns with 95 % intervals.`;
  const page = readFileSync(docs('int8.md'), 'utf8');
  writeFileSync(docs('int8.md'), filled(page, 'peers', `${about}\n\n${table(head, rows)}`));
}

function fail(status, message) {
  console.error(`int8-peers: ${message}`);
  process.exit(status);
}
