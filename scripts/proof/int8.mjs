#!/usr/bin/env node
// Proves what our files in int8 compute, bit by bit: LiteRT runs a network with its reference kernels and shows every
// value; a second program, `int8/kernels.mjs`, computes each operator from LiteRT's own inputs. Prints by operator how many
// values were compared and how many differ; exits with 1 if one does, or 1 in 10,000 of a softmax. Operators without a
// line in `int8/kernels.mjs` are counted apart. LiteRT's built-in kernels, which round some ties otherwise, are compared
// too, for information.
// Run after `npm run litert:install`; takes about 3 minutes on two idle cores:
//   npm run proof:int8 -- [--networks mnv4-conv-s,searched] [--searched RUN] [--write] [--json]
// `--write` saves the table in docs/int8.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aligned } from '#cli/terminal/table';
import { litertEnvironment } from '#data/runtimes/litert';
import { isInstalled } from '#data/runtimes/python-environment';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape } from '#networks/space/resolution';
import { openBackend } from '#networks/tensor/backend';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { operatorName } from '#tasks/export/litert/builtins';
import { litertInt8Model } from '#tasks/export/litert/litert';
import { litertGraph } from '#tasks/export/litert/litert-rules';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { kernels } from './int8/kernels.mjs';
import { exportProofOptions } from './interop/options.mjs';
import { noiseImages } from './interop/ours.mjs';
import { subjectOf } from './interop/subjects.mjs';

const batch = 2;
/** Share of values that may differ: the reference kernel of a softmax computes exp without the built-in kernels' table. */
const elsewhere = { SOFTMAX: 1e-4 };
const { values, chosen } = exportProofOptions(fail);
if (!isInstalled(litertEnvironment())) fail(5, 'LiteRT is not installed; run `npm run litert:install`');

const folder = scratchFolder('int8');
const counts = new Map();
try {
  openBackend({});
  for (const name of chosen) await compare(name);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const head = ['operator', 'count', 'values', 'differ, reference kernels', 'differ, built-in kernels'];
const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([op, count]) => row(op, count));
if (values.json) console.log(JSON.stringify({ results: Object.fromEntries(counts) }, null, 2));
else console.log(aligned([head, ...rows], new Set([1, 2, 3, 4])).join('\n'));
if (values.write)
  writeFileSync(docs('int8.md'), filled(readFileSync(docs('int8.md'), 'utf8'), 'int8', markdownTable(head, rows)));
const missed = [...counts].filter(([op, { values, reference }]) => reference > (elsewhere[op] ?? 0) * values);
if (missed.length > 0) console.error(`int8: ${missed.length} operators differ from LiteRT's reference kernels`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function compare(name) {
  const own = join(folder, name);
  mkdirSync(own);
  const { network, tensors } = await subjectOf(name, { folder: own, searched: values.searched });
  const exported = { network, weights: tensors, origin: 'a proof', provenance: {}, params: 0, macs: 0 };
  const { quantized } = quantizedNetwork(exported, noiseImages(network, 8));
  const file = join(own, 'model.tflite');
  writeFileSync(file, Buffer.concat(litertInt8Model(exported, quantized, batch)));
  const parts = litertGraph(quantized.graph, 'logits', batch, quantized).builder.parts();
  const images = noiseImages(network, batch);
  const pixels = preprocessed(
    images.images,
    [batch, ...inputShape(network.input)],
    preprocessingFor('NHWC', network.input),
  );
  for (const which of ['reference', 'builtin']) {
    const computed = valuesBy(which, file, pixels, parts);
    for (const operator of parts.operators) count(operator, parts, computed, which);
  }
  console.error(`int8: ${name}, ${parts.operators.length} operators`);
}

/** Every computed value by LiteRT, by the index of its tensor. */
function valuesBy(which, file, pixels, { tensors, operators }) {
  const program = join(import.meta.dirname, 'int8', 'litert-values.py');
  const input = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const run = spawnSync(litertEnvironment().python, ['-B', program, file, which], { input, maxBuffer: 2 ** 31 - 1 });
  if (run.status !== 0) fail(1, `LiteRT does not run ${file}: ${run.stderr}`);
  const indices = [0, ...operators.flatMap(({ outputs }) => outputs)].sort((a, b) => a - b);
  const found = new Map();
  let at = 0;
  for (const index of indices) {
    const { shape, type } = tensors[index];
    const size = shape.reduce((product, extent) => product * extent, 1);
    const bytes = new Uint8Array(run.stdout.subarray(at, at + size * (type === 9 ? 1 : 4)));
    found.set(index, type === 9 ? new Int8Array(bytes.buffer) : new Float32Array(bytes.buffer));
    at += bytes.length;
  }
  if (at !== run.stdout.length) fail(1, `LiteRT wrote ${run.stdout.length} bytes; expected ${at}`);
  return found;
}

function count({ opcode_index, inputs, outputs: [output], builtin_options }, parts, computed, which) {
  const code = parts.operator_codes[opcode_index].builtin_code;
  const op = operatorName(code);
  const counted = counts.get(op) ?? { operators: 0, values: 0, reference: 0, builtin: 0, isKnown: code in kernels };
  counts.set(op, counted);
  const expected = computed.get(output);
  if (which === 'reference') {
    counted.operators++;
    counted.values += expected.length;
  }
  if (!counted.isKnown) return;
  const operands = inputs.map((index) => operandOf(index, parts, computed));
  const found = kernels[code](operands, operandOf(output, parts, computed), builtin_options?.[1] ?? {});
  for (const [i, value] of expected.entries()) if (found[i] !== value) counted[which]++;
}

function operandOf(index, { tensors, buffers }, computed) {
  const { shape, type, buffer, quantization } = tensors[index];
  const { data } = buffers[buffer];
  const { scale: scales = [1], zero_point: [zeroPoint] = [0] } = quantization ?? {};
  const constant = () => {
    const bytes = new Uint8Array(data);
    return type === 9 ? new Int8Array(bytes.buffer) : new Int32Array(bytes.buffer);
  };
  return { shape, scales, zeroPoint, values: computed.get(index) ?? constant() };
}

function row(op, { operators, values, reference, builtin, isKnown }) {
  const differing = isKnown ? [reference, builtin].map(String) : ['not compared', 'not compared'];
  return [op, String(operators), String(values), ...differing];
}

function fail(status, message) {
  console.error(`int8: ${message}`);
  process.exit(status);
}
