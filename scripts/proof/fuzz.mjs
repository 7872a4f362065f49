#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:fuzz [-- TIMES [SEED]]`: runs the fuzz tests of `test/fuzz/` with TIMES as many inputs (by default 20,
 * about ten minutes on two cores) from SEED, by default a random one; prints the seed, so that a finding can be
 * reproduced.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [times = '20', seed = String(Math.floor(Math.random() * 2 ** 31))] = process.argv.slice(2);

console.log(`fuzzing with ${times} times the inputs of the tests, from the seed ${seed}`);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const env = { ...process.env, MNV4_FUZZ_RUNS: times, MNV4_FUZZ_SEED: seed };
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/fuzz'], { cwd: root, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
