#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:bits [-- CLONE]`: prints SHA-256s of the program's results, to compare two commits on one machine: a
 * search and a training, each killed (SIGKILL) and resumed, the training's network in every export format, and the
 * quickstart's run if it exists. CLONE is another built clone, by default this one. Commits and folders are blanked,
 * and values that depend on the clock are left out. Needs the quickstart's distillation set.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fingerprints, withoutClock } from './resume/fingerprints.mjs';

const root = resolve(process.argv[2] ?? '.');
const runs = mkdtempSync(join(tmpdir(), 'mnv4-bits-'));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const small = [
  // the former name of validationBatch, which older commits know
  ...['search.logEvery=7', 'search.checkpointEvery=10', 'search.batch=32', 'search.heldBatch=64'],
  ...['search.statisticsBatches=2', 'coarse.steps=40', 'fine.steps=40', 'fine.compareRandom=2'],
];
const recipe = join('configs', 'recipes', 'fashion-mnist-alone.train.yaml');
const noted = /environment|identity|lock|manifest/; // files of a run that describe the machine and the process

try {
  const search = ['search', join('configs', 'quickstart.yaml'), '--run-id', 'bits'];
  await killedAndResumed([...search, ...inRuns(small)], join('bits-coarse', 'checkpoints', 'step-000020'));
  print('search', Object.entries(fingerprints(runs, 'bits')));
  const train = ['train', join(runs, 'bits-fine', 'architecture.yaml'), '--recipe', recipe, '--run-id', 'training'];
  const short = inRuns(['epochs=1', 'logEvery=20', 'checkpointEvery=50']);
  await killedAndResumed([...train, ...short], join('training', 'checkpoints', 'step-000100'));
  print('train', hashesOf(join(runs, 'training')));
  for (const format of ['onnx', 'tfjs', 'timm', 'safetensors']) {
    const out = join(runs, format);
    await program(['export', 'training', '--root', runs, '--to', format, '--out', out]);
    print(`export/${format}`, hashesOf(out));
  }
  if (existsSync(join(root, 'runs', 'quickstart-fine', 'result.json'))) {
    print('quickstart', Object.entries(fingerprints(join(root, 'runs'), 'quickstart')));
  }
} finally {
  rmSync(runs, { recursive: true, force: true });
}

/** @param {readonly string[]} sets */
function inRuns(sets) {
  return ['--root', runs, '--json', ...sets.flatMap((set) => ['--set', set])];
}

/**
 * Runs the command, kills it once the checkpoint exists, and runs it again to its end.
 *
 * @param {readonly string[]} args @param {string} checkpoint  in the folder of the runs
 */
async function killedAndResumed(args, checkpoint) {
  const isThere = () => existsSync(join(runs, checkpoint));
  const status = await program(args, isThere);
  if (status !== null) throw new Error(`${args[0]} ended with ${status} before it was killed`);
  await program(args);
}

/**
 * Runs the program to its end, or until `isDue` returns true.
 *
 * @param {readonly string[]} args @param {() => boolean} [isDue]  true once it is to be killed
 * @returns {Promise<number | null>} exit status; null if it was killed
 */
async function program(args, isDue) {
  const child = spawn(process.execPath, [join('dist', 'cli', 'main.js'), ...args], { cwd: root, stdio: 'ignore' });
  const timer = setInterval(() => isDue?.() && child.kill('SIGKILL'), 20);
  const status = await new Promise((ended) => child.on('exit', ended));
  clearInterval(timer);
  if (status !== 0 && isDue === undefined) throw new Error(`${args[0]} ended with ${status}`);
  return status;
}

/** @param {string} folder @returns {[string, string][]} */
function hashesOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !noted.test(path));
  return paths
    .sort()
    .map((path) => [relative(folder, path), createHash('sha256').update(contentOf(path)).digest('hex')]);
}

/** A file's content as Latin-1, so that the replacements change no other bytes. @param {string} path */
function contentOf(path) {
  const text = readFileSync(path, 'latin1').replaceAll(commit, '').replaceAll(runs, '').replaceAll(root, '');
  return path.endsWith('events.jsonl') ? text.trimEnd().split('\n').map(withoutClock).join('\n') : text;
}

/** @param {string} what @param {readonly (readonly [string, string])[]} hashes */
function print(what, hashes) {
  for (const [name, hash] of hashes) console.log(`${hash}  ${what}/${name}`);
}
