#!/usr/bin/env node
// Installs playwright-core and axe-core in the cache, outside the clone, for `npm run proof:report`. Chromium comes from
// the system (Debian: apt-get install chromium) or from $CHROMIUM. Run after `npm run build`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, folder, isInstalled, pins } from './tools.mjs';

if (!isInstalled()) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: pins }));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0) {
    console.error('report: npm could not install playwright-core and axe-core\n  what to do: check the network');
    process.exit(5);
  }
}
console.error(
  `report: ${Object.entries(pins)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')} in ${folder}`,
);
if (chromium() === undefined) {
  console.error(
    'report: no Chromium\n  what to do: install it (Debian: apt-get install chromium), or set CHROMIUM=PATH',
  );
  process.exit(5);
}
