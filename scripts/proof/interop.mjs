#!/usr/bin/env node
// Proves that networks and weights give the same logits in timm and in ONNX Runtime: our exports, loaded strictly and
// checked, give our logits there, and timm's weights give timm's logits here, under both conventions of padding and
// epsilon. Prints the largest logit difference for each pair; exits with 1 if one is above 1e-4 of the largest logit.
// Run after `npm run proof:interop:install`; takes about 15 minutes on two idle cores:
//   npm run proof:interop -- [--networks mnv4-conv-s,searched] [--searched RUN] [--write] [--json]
// `searched` is a network that a short search finds and a short training trains, or the finished training run RUN.
// `--write` saves the figures in docs/interop.json, keeps those of networks not compared now, and makes the page's
// table.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aligned } from '#cli/terminal/table';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { startServer } from '../bench/peer/server.mjs';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { isInstalled } from '../python/environment.mjs';
import { interopEnvironment } from './interop/environment.mjs';
import { exportProofOptions } from './interop/options.mjs';
import { pairsOf } from './interop/pairs.mjs';
import { names } from './interop/subjects.mjs';

const goal = 1e-4; // of the largest logit
const { values, chosen } = exportProofOptions(fail);
if (!isInstalled(interopEnvironment)) fail(5, 'timm is not installed; run `npm run proof:interop:install`');

const folder = scratchFolder('interop');
const others = await startServer({
  title: 'timm and ONNX Runtime',
  command: interopEnvironment.python,
  args: ['-B', join(import.meta.dirname, 'interop', 'others.py')],
});
const results = [];
try {
  for (const name of chosen) {
    for await (const result of pairsOf(name, { others, folder, searched: values.searched })) {
      results.push(result);
      console.error(`interop: ${row(result).join('  ')}`);
    }
  }
} finally {
  await others.end();
  rmSync(folder, { recursive: true, force: true });
}

const head = ['network', 'weights of', 'logits of', 'convention', 'largest difference', 'of the largest logit'];
const table = results.map(row);
if (values.json) console.log(JSON.stringify({ versions: others.about, goal, results }, null, 2));
else console.log([...aligned([head, ...table], new Set([4, 5])), '', versions(others.about)].join('\n'));
if (values.write) keep();
const missed = results.filter(({ relative }) => !(relative <= goal));
if (missed.length > 0) console.error(`interop: ${missed.length} of ${results.length} differ by more than ${goal}`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** Replaces the results of the same networks in docs/interop.json, and makes the page from all results. */
function keep() {
  const file = docs('interop.json');
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
  const kept = before.filter(({ network }) => !chosen.includes(network));
  const all = names.flatMap((name) => [...kept, ...results].filter(({ network }) => network === name));
  writeFileSync(file, `${JSON.stringify({ versions: others.about, goal, results: all }, null, 2)}\n`);
  const page = readFileSync(docs('interop.md'), 'utf8');
  const text = filled(filled(page, 'pairs', markdownTable(head, all.map(row))), 'versions', versions(others.about));
  writeFileSync(docs('interop.md'), text);
}

function row({ network, weights, logits, convention, absolute, relative }) {
  return [network, weights, logits, convention, absolute.toExponential(1), relative.toExponential(1)];
}

function versions({ torch, timm, onnxruntime }) {
  return `timm ${timm}, PyTorch ${torch}, ONNX Runtime ${onnxruntime} (Python)`;
}

function fail(status, message) {
  console.error(`interop: ${message}`);
  process.exit(status);
}
