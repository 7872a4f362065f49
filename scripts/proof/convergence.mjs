#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:convergence`: simulated searches with 10 to 100 seeds each, where `npm test` uses one (about three
 * minutes on two cores). Tests that they find the best architectures and that the shipped configs meet their targets.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const tests = ['convergence', 'targets-kept', 'tabular'];
const env = { ...process.env, MNV4_ALL_SEEDS: '1' };
const { status } = spawnSync(process.execPath, [vitest, 'run', ...tests], { cwd: root, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
