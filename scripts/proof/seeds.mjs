#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:seeds [-- CONFIG [SEEDS]]`: runs the search with several seeds. For each it compares the fine winner's
 * reward with random architectures evaluated in the same way, and prints the policy's entropy at the start and end of
 * each stage. Exits with 1 if a winner is more than one standard error of its accuracy below the best random
 * architecture.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [config = join('configs', 'quickstart.yaml'), count = '3'] = process.argv.slice(2);

const rows = [];
for (let seed = 1; seed <= Number(count); seed++) {
  const id = `proof-seed-${seed}`;
  const args = ['search', config, '--run-id', id, '--seed', String(seed), '--set', 'fine.compareRandom=32', '--json'];
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const { status, stdout } = spawnSync(
    process.execPath,
    [join('dist', 'cli', 'main.js'), ...args],
    /** @type {any} */ (options),
  );
  if (status !== 0) process.exit(status ?? 1);
  rows.push(row(seed, JSON.parse(stdout)));
}

console.log(table(rows.map(({ cells }) => cells)));
process.exitCode = rows.every(({ isWithin }) => isWithin) ? 0 : 1;

/** @param {number} seed @param {any[]} stages */
function row(seed, [coarse, fine]) {
  const { reward, random, held, costs } = fine;
  const standardError = Math.sqrt((held.top1 * (1 - held.top1)) / held.n);
  const [{ value, target }] = /** @type {any[]} */ (Object.values(costs));
  const isWithin = reward >= random.bestReward - standardError;
  const entropy = (/** @type {any} */ stage) => `${stage.entropyAtStart.toFixed(2)} to ${stage.entropy.toFixed(2)}`;
  const cells = {
    seed: String(seed),
    winner: reward.toFixed(4),
    accuracy: held.top1.toFixed(4),
    'standard error': standardError.toFixed(4),
    'random mean': random.meanReward.toFixed(4),
    deviation: random.deviation.toFixed(4),
    'random best': random.bestReward.toFixed(4),
    'latency / target': (value / target).toFixed(3),
    'entropy, coarse': entropy(coarse),
    'entropy, fine': entropy(fine),
    'at or above': reward >= random.bestReward ? 'yes' : isWithin ? 'within 1 SE' : 'no',
  };
  return { cells, isWithin };
}

/** @param {Record<string, string>[]} rows */
function table(rows) {
  const keys = Object.keys(rows[0] ?? {});
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    line(keys),
    line(keys.map(() => '---')),
    ...rows.map((cells) => line(keys.map((key) => cells[key] ?? ''))),
  ].join('\n');
}
