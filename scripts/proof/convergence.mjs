#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:convergence`: searches on made-up qualities, under 10 to 100 seeds each where `npm test` has one (some three
 * minutes on two cores). Do they find the best architectures, and do the shipped configs keep their targets?
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
