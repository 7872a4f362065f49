// @ts-check
/** A coarse stage on random images that takes seconds: its files, its command and the comparison of two results. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutClock } from '../resume/fingerprints.mjs';

export const set = {
  name: 'random',
  shape: /** @type {[number, number, number]} */ ([16, 16, 1]),
  classes: 4,
  splits: { train: 512, held: 128, test: 128 },
  recipe: {},
};

const space = `name: small
input: { resolution: 16, channels: 1 }
classes: 4
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 16 }
  - out: [16, 24, 32]
    blocks:
      - { kind: uib, startKernel: 0, midKernel: [3, 5], stride: 2, expand: 4 }
      - { kind: uib, startKernel: 0, midKernel: [3, 5], expand: 4, repeat: 2, optional: true }
head: { conv: 512, hidden: 512 }
`;

/** @param {string} folder  of the images */
const config = (folder) => `name: small
seed: 1
dataset: { folder: ${JSON.stringify(folder)} }
cost:
  - { cost: macs, target: 200000 }
search:
  batch: 8
  samplesPerStep: 4
  validationBatch: 32
  weights:
    optimizer: { kind: adamW }
    learningRate: 0.002
  controller: { logitTravel: 20 }
  statisticsBatches: 2
  compareRandom: 0
  logEvery: 5
  checkpointEvery: 20
coarse:
  space: small.coarse.yaml
  steps: 200
`;

const program = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Writes the files; returns the arguments of node for a run. @param {string} folder @param {string} images */
export function smallSearch(folder, images) {
  writeFileSync(join(folder, 'small.coarse.yaml'), space);
  writeFileSync(join(folder, 'small.yaml'), config(images));
  return (/** @type {string} */ id, /** @type {readonly string[]} */ options = []) => [
    ...[program, 'coarse', join(folder, 'small.yaml'), '--root', folder, '--run-id', id],
    ...['--threads', '1', ...options],
  ];
}

/** SHA-256 over weights, controller, random streams, events and result of a finished run. @param {string} run */
export function hashOf(run) {
  const last = join(run, 'checkpoints', /** @type {string} */ (readdirSync(join(run, 'checkpoints')).sort().at(-1)));
  const text = (/** @type {string} */ file) => readFileSync(file, 'utf8');
  const hash = createHash('sha256');
  hash.update(readFileSync(join(last, 'weights.safetensors')));
  for (const file of [join(last, 'state.json'), join(run, 'policy.jsonl'), join(run, 'result.json')])
    hash.update(text(file));
  for (const line of text(join(run, 'events.jsonl')).trimEnd().split('\n')) hash.update(withoutClock(line));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Relative difference between the mean losses of two runs over their first interval. Later a difference in rounding may
 * change which architecture is drawn, and the runs take other ways.
 *
 * @param {string} run @param {string} other
 */
export function lossDifference(run, other) {
  return Math.abs(firstLoss(run) / firstLoss(other) - 1);
}

/** @param {string} run @returns {number} */
function firstLoss(run) {
  const [line = ''] = readFileSync(join(run, 'events.jsonl'), 'utf8').split('\n');
  return JSON.parse(line).loss;
}
