#!/usr/bin/env node
// Shows what ONNX Runtime makes of our files in int8: it fuses an op with the `DequantizeLinear` before it and the
// `QuantizeLinear` after it to an op on integers, where it has one. Prints how often its optimized graph of each network has
// each op; exits with 1 if a convolution or product is left in float32.
// Takes about a minute on two idle cores:
//   npm run proof:onnx-int8 -- [--networks mnv4-conv-s,every-kind] [--write] [--json]
// `--write` saves the table in docs/int8.md.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { aligned } from '#cli/terminal/table';
import { openBackend } from '#networks/tensor/backend';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { onnxInt8Model } from '#tasks/export/onnx/onnx';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { onnxOps } from './int8/onnx-ops.mjs';
import { exportProofOptions } from './interop/options.mjs';
import { noiseImages } from './interop/ours.mjs';
import { subjectOf } from './interop/subjects.mjs';

const byDefault = ['every-kind', 'mnv4-conv-s', 'mnv4-hybrid-m', 'mnv4-hybrid-l', 'mobilenet-v3-large'];
const inFloat32 = ['Conv', 'Gemm', 'MatMul'];
const { values, chosen } = exportProofOptions(fail, byDefault);
const folder = scratchFolder('onnx-int8');
const counts = {};
try {
  openBackend({});
  for (const name of chosen) counts[name] = await opsOf(name);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const ops = [...new Set(Object.values(counts).flatMap((of) => Object.keys(of)))].sort();
const head = ['op', ...chosen];
const rows = ops.map((op) => [op, ...chosen.map((name) => String(counts[name][op] ?? 0))]);
if (values.json) console.log(JSON.stringify({ results: counts }, null, 2));
else console.log(aligned([head, ...rows], new Set(chosen.map((_, i) => i + 1))).join('\n'));
if (values.write)
  writeFileSync(docs('int8.md'), filled(readFileSync(docs('int8.md'), 'utf8'), 'onnx-int8', markdownTable(head, rows)));
const left = ops.filter((op) => inFloat32.includes(op));
if (left.length > 0) console.error(`onnx-int8: ONNX Runtime computes ${left.join(', ')} in float32`);
process.exitCode = left.length === 0 ? 0 : 1;

/** How often ONNX Runtime's graph of a network in int8 has each op. */
async function opsOf(name) {
  const own = join(folder, name);
  mkdirSync(own);
  const { network, tensors } = await subjectOf(name, { folder: own });
  const exported = { network, weights: tensors, origin: 'a proof', provenance: {}, params: 0, macs: 0 };
  const { quantized } = quantizedNetwork(exported, noiseImages(network, 2));
  const optimized = join(own, 'optimized.onnx');
  const session = await InferenceSession.create(onnxInt8Model(exported, quantized), {
    executionProviders: ['cpu'],
    optimizedModelFilePath: optimized,
    logSeverityLevel: 4,
  });
  await session.release();
  const found = {};
  for (const op of onnxOps(optimized))
    found[op.replace('com.microsoft.', '')] = (found[op.replace('com.microsoft.', '')] ?? 0) + 1;
  return found;
}

function fail(status, message) {
  console.error(`onnx-int8: ${message}`);
  process.exit(status);
}
