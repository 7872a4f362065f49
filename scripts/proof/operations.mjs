#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:operations`: proves what unattended runs rely on, with the program itself. A worker that is stopped in
 * the middle of a search (SIGSTOP) is named after a minute, the last finished step is saved if it can be, and the same
 * command ends like an undisturbed run; a worker that is only slow (stopped for nine of every ten seconds) is waited for.
 * Eight processes start the same run at once, 20 times, and each time one of them gets it. `runs list` over 1,000 folders of
 * finished runs is timed. Exits with 1 if one of the first three fails. Needs the quickstart's distillation set; takes
 * five minutes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { statusOf } from '#core/machine/processes';
import { fingerprints } from './resume/fingerprints.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(root, 'dist', 'cli', 'main.js');
const runs = mkdtempSync(join(tmpdir(), 'mnv4-operations-'));
const settings = [
  ...['search.samplesPerStep=2', 'search.logEvery=1', 'search.checkpointEvery=50', 'search.batch=32'],
  ...['search.validationBatch=64', 'search.statisticsBatches=2', 'coarse.steps=60', 'fine.steps=10'],
].flatMap((set) => ['--set', set]);
let failures = 0;

try {
  const whole = await search('whole');
  tell('an undisturbed search by two workers', `exits with ${whole.status}`, whole.status === 0);
  await hangingWorker();
  await slowWorker();
  await lockRace();
  listing();
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  rmSync(runs, { recursive: true, force: true });
}

async function hangingWorker() {
  const began = performance.now();
  const hung = await search('hung', (worker) => process.kill(worker, 'SIGSTOP'));
  const seconds = Math.round((performance.now() - began) / 1000);
  const named = /worker 1 of 2 hangs: .*/.exec(hung.stderr)?.[0];
  const remedy = /what to do: .*/.exec(hung.stderr)?.[0];
  tell('a worker that hangs', `exit ${hung.status} after ${seconds} s: ${named}; ${remedy}`, hung.status === 5);
  const resumed = await search('hung');
  tell('the same command', `${/resuming after step \d+ of \d+/.exec(resumed.stderr)?.[0]}`, isSame('hung'));
}

async function slowWorker() {
  const slow = await search('slow', (worker) => void slowDown(worker));
  tell('a worker that is slow for 80 s', `exits with ${slow.status}`, slow.status === 0 && isSame('slow'));
}

/** Lets a process compute for one of every ten seconds. @param {number} pid */
async function slowDown(pid) {
  const born = statusOf(pid)?.born;
  const lives = () => statusOf(pid)?.born === born;
  for (let round = 0; round < 8 && lives(); round++) {
    process.kill(pid, 'SIGSTOP');
    await sleep(9000);
    if (lives()) process.kill(pid, 'SIGCONT');
    await sleep(1000);
  }
}

async function lockRace() {
  const script = join(root, 'test', 'jobs', 'runs', 'lock-process.mjs');
  const times = JSON.stringify({ beatMs: 100, staleMs: 2000, unfinishedMs: 300 });
  let single = 0;
  for (let round = 0; round < 20; round++) {
    const folder = mkdtempSync(join(runs, 'lock-'));
    const racers = Array.from({ length: 8 }, () => spawn(process.execPath, [script, folder, times], { cwd: root }));
    const ends = await Promise.all(racers.map((racer) => new Promise((said) => racer.stdout.once('data', said))));
    for (const racer of racers) racer.kill('SIGKILL');
    if (ends.filter((text) => String(text).startsWith('locked')).length === 1) single++;
  }
  tell('eight processes that want one run', `one got it in ${single} of 20 rounds`, single === 20);
}

function listing() {
  const many = mkdtempSync(join(runs, 'many-'));
  for (let i = 1; i <= 1000; i++) {
    const id = `run-${String(i).padStart(4, '0')}`;
    const from = join(runs, 'whole-coarse');
    cpSync(from, join(many, id), { recursive: true, filter: (path) => !path.includes('checkpoints') });
    const state = readFileSync(join(from, 'state.json'), 'utf8');
    writeFileSync(join(many, id, 'state.json'), state.replace('whole-coarse', id));
  }
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    const listed = spawnSync(process.execPath, [program, 'runs', 'list', '--root', many, '--json'], {
      encoding: 'utf8',
    });
    if (JSON.parse(listed.stdout).length !== 1000) failures++;
    return performance.now() - began;
  });
  const [median = 0] = times.sort((a, b) => a - b).slice(2);
  console.log(`runs list over 1,000 runs: median ${median.toFixed(0)} ms of 5, at most ${times[4]?.toFixed(0)} ms`);
}

/** @param {string} what @param {string} outcome @param {boolean} isGood */
function tell(what, outcome, isGood) {
  if (!isGood) failures++;
  console.log(`${isGood ? 'ok' : 'NO'}  ${what}: ${outcome}`);
}

/** @param {string} id  of a search that should have the files of the undisturbed one */
function isSame(id) {
  const [expected, found] = [fingerprints(runs, 'whole'), fingerprints(runs, id)];
  return Object.keys(expected).every((name) => found[name] === expected[name]);
}

/**
 * Runs both stages with two workers; calls `disturb` once with the id of worker 1 after some steps.
 *
 * @param {string} id @param {(worker: number) => void} [disturb]
 * @returns {Promise<{ status: number | null, stderr: string }>}
 */
function search(id, disturb) {
  const args = ['search', join('configs', 'quickstart.yaml'), '--run-id', id, '--root', runs, '--workers', '2'];
  const child = spawn(process.execPath, [program, ...args, '--threads', '1', ...settings], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let pending = disturb;
  child.stderr.on('data', (text) => {
    stderr += text;
    if (pending === undefined || !stderr.includes('"stage":"coarse","step":9,')) return;
    const worker = childrenOf(/** @type {number} */ (child.pid)).at(-1);
    if (worker !== undefined) pending(worker);
    pending = undefined;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stderr })));
}

/** @param {number} pid */
function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => statusOf(one)?.parent === pid);
}
