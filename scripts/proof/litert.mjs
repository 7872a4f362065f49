#!/usr/bin/env node
// Proves that LiteRT computes our networks: exports each with the command that users run, and compares the logits of two
// noise images by LiteRT's interpreter, with XNNPACK and with the built-in kernels, and by its compiled model with ours.
// Prints the largest differences as shares of the largest logit, and how many operators XNNPACK executes; exits with 1 if
// a difference is above 1e-4 or if XNNPACK leaves an operator out.
// Run after `npm run litert:install`; takes about 5 minutes on two idle cores:
//   npm run proof:litert -- [--networks mnv4-conv-s,searched] [--searched RUN] [--write] [--json]
// `searched` is a network that a short search finds and a short training trains, or the finished training run RUN.
// `--write` saves the figures in docs/litert.json, keeps those of networks not compared now, and makes the page's table.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aligned } from '#cli/terminal/table';
import { litertEnvironment } from '#data/runtimes/litert';
import { isInstalled } from '#data/runtimes/python-environment';
import { openBackend } from '#networks/tensor/backend';
import { difference } from '#tasks/export/check-export';
import { litert } from '#tasks/export/litert/litert';
import { scratchFolder } from '../bench/peer/scratch.mjs';
import { docs, filled, table as markdownTable } from '../docs/page.mjs';
import { exportProofOptions } from './interop/options.mjs';
import { noiseImages, ourLogits } from './interop/ours.mjs';
import { exported, names, subjectOf } from './interop/subjects.mjs';

const goal = 1e-4; // of the largest logit
const { values, chosen } = exportProofOptions(fail);
if (!isInstalled(litertEnvironment())) fail(5, 'LiteRT is not installed; run `npm run litert:install`');

const folder = scratchFolder('litert');
const results = [];
try {
  openBackend({});
  for (const name of chosen) {
    for await (const result of comparisonsOf(name)) {
      results.push(result);
      console.error(`litert: ${row(result).join('  ')}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const head = ['network', 'batch norm', 'MB', 'operators', 'in XNNPACK', 'XNNPACK', 'built-in kernels', 'CompiledModel'];
if (values.json) console.log(JSON.stringify({ goal, results }, null, 2));
else console.log(aligned([head, ...results.map(row)], new Set([2, 3, 4, 5, 6, 7])).join('\n'));
if (values.write) keep();
const missed = results.filter(({ delegated: { ops, of }, relative }) => ops < of || !relative.every((r) => r <= goal));
if (missed.length > 0) console.error(`litert: ${missed.length} of ${results.length} miss the goal`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** Yields the comparison of a network with batch norm folded and not, for two images at once. */
async function* comparisonsOf(name) {
  const own = join(folder, name);
  mkdirSync(own);
  const { source, network, tensors } = await subjectOf(name, { folder: own, searched: values.searched });
  const images = noiseImages(network);
  const expected = ourLogits(network, tensors, images);
  for (const [how, flag] of Object.entries({ folded: '--fold', 'not folded': '--no-fold' })) {
    const out = exported(source, own, 'litert', flag);
    const { logits, delegated } = await litert.logits(out, { network }, { ...images, batch: images.n });
    const relative = logits.map((found) => difference(found, expected).maxRelative);
    yield { network: name, batchNorm: how, bytes: statSync(join(out, 'model.tflite')).size, delegated, relative };
  }
}

/** Replaces the results of the same networks in docs/litert.json, and makes the page from all results. */
function keep() {
  const file = docs('litert.json');
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
  const kept = before.filter(({ network }) => !chosen.includes(network));
  const all = names.flatMap((name) => [...kept, ...results].filter(({ network }) => network === name));
  writeFileSync(file, `${JSON.stringify({ versions: litertEnvironment().pins, goal, results: all }, null, 2)}\n`);
  const page = readFileSync(docs('litert.md'), 'utf8');
  writeFileSync(docs('litert.md'), filled(page, 'networks', markdownTable(head, all.map(row))));
}

function row({ network, batchNorm, bytes, delegated: { ops, of }, relative }) {
  return [network, batchNorm, (bytes / 1e6).toFixed(1), of, ops, ...relative.map((r) => r.toExponential(1))].map(
    String,
  );
}

function fail(status, message) {
  console.error(`litert: ${message}`);
  process.exit(status);
}
