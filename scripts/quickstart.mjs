#!/usr/bin/env node
// @ts-check
/**
 * `npm run quickstart`, after set-up: the search of configs/quickstart.yaml, which fetches Fashion-MNIST, trains a
 * teacher, builds a distillation set and runs both stages. Arguments are passed to the search.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopSignals } from '#core/machine/stop-signals';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join('dist', 'cli', 'main.js');
const given = process.argv.slice(2);
const runId = given.includes('--run-id') ? [] : ['--run-id', 'quickstart'];
const args = ['search', join('configs', 'quickstart.yaml'), ...runId, ...given];

/** @type {import('node:child_process').ChildProcess | undefined} */
let child;
for (const signal of stopSignals) {
  process.on(signal, () => signal === 'SIGINT' || child?.kill(signal)); // a terminal sends SIGINT to the child too
}

const start = performance.now();
console.log(`npx mnv4-nas ${args.join(' ')}`);
child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' });
const [status, signal] = await once(child, 'exit');
if (status !== 0) {
  console.error(`== stopped: ${signal ?? `exit code ${status}`}; run the same command again to resume`);
  process.exit(status ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
}
console.log(`\nDone in ${((performance.now() - start) / 60_000).toFixed(1)} minutes.`);
