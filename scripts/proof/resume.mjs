#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:resume [-- INSTANTS [SEED [PRECISION]]]`: proves that a search killed at any instant and resumed by the same
 * command ends like an undisturbed one. First, a run that computes almost nothing is killed (SIGKILL) in each call that
 * changes or flushes a file. Then both stages run on real images, once undisturbed and then INSTANTS times, each time
 * killed at a random instant: half of them at random times, half in calls on the logs, checkpoints, results and other
 * files of both stages in turn; every second such call is a write, killed when half of it is written. Compares SHA-256s
 * of weights, optimizer, policy, random streams, events, architecture, result, config and state, and exits with 1 if
 * one differs. Needs the quickstart's distillation set.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream } from '#core/random';
import { killedInEveryCall } from './resume/every-call.mjs';
import { fingerprints } from './resume/fingerprints.mjs';
import { instantsOf } from './resume/instants.mjs';

/** @typedef {import('./resume/instants.mjs').Instant} Instant */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [instants = '20', seed = '1', precision = 'full'] = process.argv.slice(2);
const runs = mkdtempSync(join(tmpdir(), 'mnv4-resume-'));
const settings = [
  ...['search.logEvery=7', 'search.checkpointEvery=10', 'search.batch=32', 'search.validationBatch=64'],
  ...['search.statisticsBatches=2', 'coarse.steps=40', 'fine.steps=40', 'fine.compareRandom=2'],
  ...['search', 'fine'].map((stage) => `${stage}.weights.precision=${precision}`), // the config's fine stage has weights, too
];
const killsInCalls = join(root, 'scripts', 'proof', 'resume', 'kill-in-call.mjs');

try {
  const small = await killedInEveryCall(mkdtempSync(join(runs, 'small-')));
  for (const call of small.differing) console.log(`small run: killed in ${call}: differs`);
  console.log(`small run: killed in every one of ${small.calls} calls, ${small.differing.length} runs differ`);
  const started = performance.now();
  const whole = await search('whole');
  const milliseconds = performance.now() - started;
  if (whole.status !== 0) throw new Error(`the undisturbed run ended with ${whole.status}:\n${whole.stderr}`);
  const calls = JSON.parse(/calls that write: (.*)/.exec(whole.stderr)?.[1] ?? '{}');
  const expected = fingerprints(runs, 'whole');
  console.log(
    `undisturbed: ${(milliseconds / 1000).toFixed(1)} s, ${Object.keys(calls).length} kinds of calls that write`,
  );
  for (const [name, sha256] of Object.entries(expected)) console.log(`  ${sha256}  ${name}`);
  const planned = instantsOf(Number(instants), milliseconds, calls, randomStream(`resume/${seed}`));
  const tried = [];
  for (const [i, instant] of planned.entries()) {
    tried.push({ ...instant, ...(await killedAndEnded(`killed-${i + 1}`, instant, expected)) });
    console.log(`${i + 1}. ${textOf(tried.at(-1))}`);
  }
  console.log(summary(tried, Object.keys(expected).length));
  const isSame = small.differing.length === 0 && tried.every(({ different }) => different.length === 0);
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(runs, { recursive: true, force: true });
}

/**
 * Kills a search at the instant, then resumes it to its end.
 *
 * @param {string} id @param {Instant} instant @param {Record<string, string>} expected
 */
async function killedAndEnded(id, instant, expected) {
  const killed = await search(id, instant);
  const wasKilled = killed.status === null;
  const ended = wasKilled ? await search(id) : killed;
  const found = ended.status === 0 ? fingerprints(runs, id) : {};
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const different = [...names].filter((name) => found[name] !== expected[name]);
  for (const name of readdirSync(runs)) if (name.startsWith(`${id}-`)) rmSync(join(runs, name), { recursive: true });
  return { wasKilled, different, ended };
}

/** @param {any} outcome */
function textOf({ afterMs, call, wasKilled, different, ended }) {
  const where = call === undefined ? `after ${(afterMs / 1000).toFixed(1)} s` : `in ${call}`;
  const steps = [...ended.stderr.matchAll(/(coarse|fine): resuming after step (\d+)/g)].map((found) =>
    found.slice(1).join(' '),
  );
  const went = steps.length === 0 ? '' : `resumed after ${steps.join(', ')}; `;
  const outcome = different.length === 0 ? 'the same' : `differs in ${different.join(', ')}\n${ended.stderr}`;
  return `killed ${where}${wasKilled ? '' : ' (had ended)'}: ${went}${outcome}`;
}

/** @param {any[]} tried @param {number} hashes  of each run */
function summary(tried, hashes) {
  const killed = tried.filter(({ wasKilled }) => wasKilled);
  const differing = tried.filter(({ different }) => different.length > 0);
  const places = [...new Set(killed.map(({ place }) => place))];
  const where = places.map((place) => `${killed.filter((one) => one.place === place).length} ${place}`).join(', ');
  return `${killed.length} of ${tried.length} instants killed (${where}): ${hashes * tried.length} hashes compared, ${differing.length} runs differ`;
}

/**
 * Runs the search in a child process, to its end or until it is killed.
 *
 * @param {string} id @param {Partial<Instant>} [kill]
 * @returns {Promise<{ status: number | null, stderr: string }>}
 */
function search(id, { afterMs, call = '' } = {}) {
  const sets = settings.flatMap((set) => ['--set', set]);
  const args = ['search', join('configs', 'quickstart.yaml'), '--run-id', id, '--root', runs, '--json', ...sets];
  const child = spawn(process.execPath, ['--import', killsInCalls, join('dist', 'cli', 'main.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MNV4_KILL_IN_CALL: call, MNV4_KILL_IN: runs, MNV4_KILL_ID: id },
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const timer = afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), afterMs);
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stderr });
    });
  });
}
