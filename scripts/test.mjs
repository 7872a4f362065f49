#!/usr/bin/env node
// @ts-check
/** `npm test`: set-up, lint, types, structure, tests, each with a heading and its time; stops at the first failure. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join('node_modules', '.vitest-results.json'); // .ci/run reads the totals from it
const bin = (/** @type {string} */ name) => join('node_modules', '.bin', name);

/** @type {readonly (readonly [title: string, command: readonly string[]])[]} */
const steps = [
  ['set-up', [process.execPath, join('scripts', 'setup.mjs')]],
  ['lint', [bin('biome'), 'check', '.']],
  ['types', [bin('tsc'), '--noEmit']],
  ['structure', [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src', 'test']],
  ['tests', [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`]],
];

rmSync(join(root, results), { force: true });
for (const [title, [file = '', ...args]] of steps) {
  console.log(`\n== ${title}`);
  const start = performance.now();
  const { status, signal, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`== ${title} failed after ${seconds} s (${error?.message ?? signal ?? `exit code ${status}`})`);
    process.exit(status || 1);
  }
  console.log(`== ${title}: ok, ${seconds} s`);
}
