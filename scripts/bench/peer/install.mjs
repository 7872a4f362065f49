#!/usr/bin/env node
// Installs the peer that the benchmark compares with: PyTorch in a virtual environment in the cache, outside the clone.
// Quick when it is there. Run after `npm run build`: node scripts/bench/peer/install.mjs
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { installedMark, isInstalled, pins, python, venvFolder } from './environment.mjs';

const wanted = Object.entries(pins).map(([name, version]) => `${name}==${version}`);

if (isInstalled()) {
  console.error(`peer: ${wanted.join(', ')} in ${venvFolder}`);
} else {
  if (!existsSync(python)) {
    attempt(
      'python3',
      ['-m', 'venv', venvFolder],
      'it needs Python 3.11 or later with venv (Debian: apt-get install python3-venv)',
    );
  }
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary=:all:', ...wanted];
  attempt(python, pip, 'check the network and the package index of pip; it needs 5 GB of disk');
  const check =
    'import json, torch, numpy; print(json.dumps({"torch": torch.__version__, "numpy": numpy.__version__}))';
  const found = attempt(python, ['-B', '-c', check], `remove ${venvFolder} and run this again`, 'pipe');
  writeFileSync(installedMark, found);
  console.error(`peer: installed ${wanted.join(', ')} in ${venvFolder}`);
}

/** Runs a command to its end and returns its output; where it fails, says so with the remedy and exits with 5. */
function attempt(command, args, remedy, stdout = process.stderr) {
  const { status, signal, error, stdout: output } = spawnSync(command, args, { stdio: ['ignore', stdout, 'inherit'] });
  if (status === 0) return output;
  const reason = error?.code === 'ENOENT' ? 'not found' : (error?.message ?? `ended with ${signal ?? status}`);
  console.error(`peer: ${command} ${args.slice(0, 3).join(' ')}: ${reason}\n  ${remedy}`);
  process.exit(5);
}
