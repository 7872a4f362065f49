#!/usr/bin/env node
// Measures what an installation takes and how fast it starts, next to nni, optuna and timm: the package alone, all that is
// installed with it, and the time until it is loaded (the least of several). Installs optuna and nni in the cache
// (0.5 GB) and takes timm from `npm run proof:augment:install`. Run after `npm run build`: node scripts/bench/package.mjs
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { table } from '../docs/page.mjs';
import { augmentEnvironment } from '../proof/augment/environment.mjs';
import { install, isInstalled, pythonEnvironment } from '../python/environment.mjs';

const repeats = 5;
const repository = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mnv4-package-'));
const app = join(folder, 'app');
const peers = [
  { name: 'optuna', environment: pythonEnvironment('package-optuna', { optuna: '5.0.0' }) },
  { name: 'nni', environment: pythonEnvironment('package-nni', { nni: '3.0', setuptools: '80.9.0' }) },
  { name: 'timm', environment: augmentEnvironment },
];

try {
  const rows = [await ours(), ...peers.map(peer)];
  console.log(table(['package', 'alone, MB packed', 'installed with all it needs, MB', 'time to load, s'], rows));
  console.log(`\n${startTimes()}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Packs and installs the package; native TensorFlow, which set-up adds, is not counted. */
async function ours() {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{ "private": true, "type": "module" }\n');
  const [packed] = JSON.parse(output('npm', ['pack', '--json', '--pack-destination', folder], repository));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  output('npm', ['install', join(folder, packed.filename), ...quiet], app);
  const seconds = leastSeconds(process.execPath, ['-e', "import('mnv4-nas')"]);
  return [`mnv4-nas ${packed.version}`, megabytes(packed.size), megabytes(sizeOf(join(app, 'node_modules'))), seconds];
}

function peer({ name, environment }) {
  if (name === 'timm' && !isInstalled(environment)) {
    return ['timm', 'not installed: npm run proof:augment:install', '', ''];
  }
  install(environment);
  const { python, pins } = environment;
  const wheels = join(folder, name);
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', wheels];
  output(python, [...pip, `${name}==${pins[name]}`], folder);
  const site = output(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], folder).trim();
  const seconds = leastSeconds(python, ['-c', `import ${name}`]);
  return [`${name} ${pins[name]}`, megabytes(sizeOf(wheels)), megabytes(sizeOf(site)), seconds];
}

/** Start-up of commands, in an installed package. */
function startTimes() {
  const main = join(app, 'node_modules/mnv4-nas/dist/cli/main.js');
  const commands = [['--version'], ['--help'], ['describe', 'mnv4-conv-s'], ['validate', 'quickstart']];
  const rows = commands.map((args) => [`\`${args.join(' ')}\``, leastSeconds(process.execPath, [main, ...args])]);
  rows.push(
    ['`node -e 0`', leastSeconds(process.execPath, ['-e', '0'])],
    ['`python -c 0`', leastSeconds('python3', ['-c', '0'])],
  );
  return table(['command', 'seconds'], rows);
}

function output(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Wall time of a command, the least of several, in the consumer's folder. */
function leastSeconds(command, args) {
  const seconds = Array.from({ length: repeats }, () => {
    const start = performance.now();
    output(command, args, app);
    return (performance.now() - start) / 1000;
  });
  return Math.min(...seconds).toFixed(2);
}

/** Bytes of all files of a folder; a hard link counts each time. */
function sizeOf(path) {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
