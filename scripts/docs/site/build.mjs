#!/usr/bin/env node
// @ts-check
// Builds the documentation as a site in `site/`: README.md and docs/*.md with navigation, search, light and dark, formulas.
// A dead link or a formula that cannot be read fails the build. Installs VitePress in this folder on first use (110 MB,
// without install scripts); the site itself loads nothing from other servers:
//   npm run docs:site                 then open it with: npx vite preview, or any static server of the folder `site`
//   SITE_BASE=/mnv4-nas/ npm run docs:site      for a site below a path
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stagePages } from './stage.mjs';

const folder = import.meta.dirname;
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

if (!Object.entries(dependencies).every(([name, version]) => installed(name) === version)) {
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], 'check the network and the npm registry');
}
stagePages(join(folder, 'pages'));
run(join(folder, 'node_modules', '.bin', 'vitepress'), ['build', '.'], 'see the lines above');

/** @param {string} name */
function installed(name) {
  const file = join(folder, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

/**
 * Runs a command in this folder; if it fails, prints the remedy and exits with its status.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} remedy
 */
function run(command, args, remedy) {
  const { status } = spawnSync(command, args, { cwd: folder, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`docs:site: ${command} failed\n  what to do: ${remedy}`);
  process.exit(status ?? 1);
}
