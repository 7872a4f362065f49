#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:distillation -- NETWORK RECIPES [--seeds 3] [--device NAME] [--to FOLDER]`: what distillation and a
 * search are worth. NETWORK is a found network (a run or a file) and RECIPES a folder with `hard.train.yaml`,
 * `augmented.train.yaml` and `distilled.train.yaml`, which differ in their images alone. Trains the network with each
 * recipe and several seeds, and MobileNetV2, MobileNetV3-Large and MNv4-Conv-S with the last one, scaled by width to
 * the latency of NETWORK. Prints a table with 95 % intervals over seeds; resumes when it is repeated.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { percent } from '#core/percent';
import { differenceInterval, meanInterval } from '#core/statistics/confidence';
import { meanOf } from '#core/statistics/scoring';
import { costName } from '#networks/cost/cost';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { readNetwork } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { namedNetwork } from '#networks/zoo/named-network';
import { scaledNetwork } from '#tasks/search/scaled-network';
import { table } from '../docs/page.mjs';

/** @typedef {import('#networks/space/space').Architecture} Architecture */
/** @typedef {{ network: Architecture, name: string, recipe: string, top1: number[] }} Result */
/** @typedef {[hard: Result, augmented: Result, distilled: Result]} Results the found network's, which come first */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    device: { type: 'string', default: 'pixel-6-cpu' },
    to: { type: 'string', default: join(root, 'runs', 'distillation') },
  },
});
const [given = '', recipes = ''] = positionals;
if (recipes === '') {
  console.error('expected a network and a folder of recipes: npm run proof:distillation -- NETWORK RECIPES');
  process.exit(2);
}
const folder = values.to;
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const device = readDevice(join(root, 'configs', 'devices', `${values.device}.yaml`));
const found = readNetwork(existsSync(join(given, 'architecture.yaml')) ? join(given, 'architecture.yaml') : given);
const spec = /** @type {const} */ ({ cost: 'latency', device });
const targets = [{ name: costName(spec), target: latencyMs(found, device), spec }];
mkdirSync(folder, { recursive: true });

const peers = ['mobilenet-v2', 'mobilenet-v3-large', 'mnv4-conv-s'].map((name) =>
  // MobileNetV2 on maps of this size does not come closer than 7 %
  scaledNetwork(namedNetwork(name), { space: found, targets, tolerance: 0.1 }),
);
const arms = [
  ...['hard', 'augmented', 'distilled'].map((recipe) => ({ network: found, name: 'found', recipe })),
  ...peers.map((network) => ({ network, name: network.name, recipe: 'distilled' })),
];
const results = arms.map((arm) => ({ ...arm, top1: /** @type {number[]} */ ([]) }));
for (const seed of seeds) for (const arm of results) arm.top1.push(trained(arm, seed));
const [hard, augmented, distilled] = /** @type {Results} */ (/** @type {unknown} */ (results));
const percents = (/** @type {readonly number[] | null} */ interval) =>
  interval === null ? 'one seed' : interval.map((end) => `${(100 * end).toFixed(2)}`).join(' to ');
const points = (/** @type {Result} */ { top1 }, /** @type {Result} */ than) =>
  top1 === than.top1
    ? ''
    : `${(100 * (meanOf(top1) - meanOf(than.top1))).toFixed(2)} (${percents(differenceInterval(top1, than.top1))})`;
const head = ['network', 'latency, ms', 'recipe', 'top-1', '95 %', 'minus hard', 'minus augmented', 'minus distilled'];
const rows = results.map((result) => [
  result.name,
  latencyMs(result.network, device).toFixed(4),
  result.recipe,
  percent(meanOf(result.top1), 2),
  percents(meanInterval(result.top1)),
  ...[hard, augmented, distilled].map((than) =>
    result.name === 'found' || than === distilled ? points(result, than) : '',
  ),
]);
const text = table(head, rows);
writeFileSync(join(folder, 'table.md'), `${text}\n`);
console.log(text);

/** The top-1 accuracy of an arm with one seed, trained unless it is already. @param {typeof arms[number]} arm @param {number} seed */
function trained({ network, name, recipe }, seed) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, printSpace(asSpace(network)));
  const id = `${name}-${recipe}-${seed}`;
  const options = ['--root', folder, '--run-id', id, '--set', `seed=${seed}`];
  const args = ['train', file, '--recipe', join(recipes, `${recipe}.train.yaml`), ...options];
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(readFileSync(join(folder, id, 'result.json'), 'utf8')).test.top1;
}
