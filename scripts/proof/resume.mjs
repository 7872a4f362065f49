#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:resume [-- INSTANTS [SEED]]`: that a search killed at any instant ends, once the same command is run
 * again, as one that was left alone. Runs both stages on real images once; then again and again, each time killed (SIGKILL)
 * at another random instant: half of them moments of the clock, half in the middle of writing, before a random call of a
 * random kind (which call, of which file) that creates, writes, flushes or renames a file. Compares SHA-256s of weights,
 * state, policy, events, architecture and result, and exits with 1 where one differs. Needs the quickstart's
 * distillation set.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../../dist/core/random.js';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [instants = '20', seed = '1'] = process.argv.slice(2);
const random = randomStream(`resume/${seed}`);
const runs = mkdtempSync(join(tmpdir(), 'mnv4-resume-'));
const settings = [
  ...['search.logEvery=7', 'search.checkpointEvery=10', 'search.heldBatch=128', 'search.statisticsBatches=2'],
  ...['coarse.steps=40', 'fine.steps=40', 'fine.compareRandom=4'],
];
const killsInCalls = join(root, 'scripts', 'proof', 'resume', 'kill-in-call.mjs');

try {
  const started = performance.now();
  const whole = await search('whole');
  const seconds = (performance.now() - started) / 1000;
  if (whole.status !== 0) throw new Error(`the run that is left alone ended with ${whole.status}:\n${whole.stderr}`);
  const calls = Object.entries(JSON.parse(/calls that write: (.*)/.exec(whole.stderr)?.[1] ?? '{}'));
  const expected = fingerprints('whole');
  console.log(`left alone: ${seconds.toFixed(1)} s, ${calls.length} kinds of calls that write`);
  let differing = 0;
  for (let i = 1; i <= Number(instants); i++) {
    const id = `killed-${i}`;
    const inCall = i % 2 === 0;
    const [kind, count] = /** @type {[string, number]} */ (calls[random.below(calls.length)]);
    const killInCall = `${kind.replaceAll('whole', id)} ${1 + random.below(count)}`;
    const killAfterMs = random.uniform() * seconds * 1000;
    const killed = await search(id, inCall ? { killInCall } : { killAfterMs });
    const where = inCall ? `before ${killInCall}, in ${killed.call}` : `after ${(killAfterMs / 1000).toFixed(1)} s`;
    const ended = killed.status === 0 ? killed : await search(id);
    const found = ended.status === 0 ? fingerprints(id) : {};
    const different = Object.keys(expected).filter((name) => found[name] !== expected[name]);
    differing += Number(different.length > 0);
    const outcome = different.length === 0 ? 'the same' : `differs in ${different.join(', ')}\n${ended.stderr}`;
    console.log(`${i}. killed ${where}${killed.status === 0 ? ' (had ended)' : ''}: ${went(ended)}${outcome}`);
    for (const name of readdirSync(runs)) if (name.startsWith(id)) rmSync(join(runs, name), { recursive: true });
  }
  console.log(`${instants} instants, ${Object.keys(expected).length} files each: ${differing} runs differ`);
  process.exitCode = differing === 0 ? 0 : 1;
} finally {
  rmSync(runs, { recursive: true, force: true });
}

/** @param {{ stderr: string }} ended */
function went({ stderr }) {
  const steps = [...stderr.matchAll(/(coarse|fine): going on after step (\d+)/g)].map(
    ([, stage, step]) => `${stage} ${step}`,
  );
  return steps.length === 0 ? '' : `went on after ${steps.join(', ')}; `;
}

/**
 * The search in a process of its own, to its end or until it is killed.
 *
 * @param {string} id @param {{ killAfterMs?: number, killInCall?: string }} [kill]
 * @returns {Promise<{ status: number | null, stderr: string, call: string }>}
 */
function search(id, { killAfterMs, killInCall } = {}) {
  const sets = settings.flatMap((set) => ['--set', set]);
  const args = ['search', join('configs', 'quickstart.yaml'), '--run-id', id, '--root', runs, '--json', ...sets];
  const child = spawn(process.execPath, ['--import', killsInCalls, join('dist', 'cli', 'main.js'), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MNV4_KILL_IN_CALL: `${killInCall ?? ''}`, MNV4_KILL_IN: runs },
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stderr, call: /killed in (.*)/.exec(stderr)?.[1] ?? '' });
    });
  });
}

/** SHA-256s of what both stages of a run left, but for what depends on the clock. @param {string} id */
function fingerprints(id) {
  const files = ['coarse', 'fine'].flatMap((stage) => {
    const folder = join(runs, `${id}-${stage}`);
    const last = readdirSync(join(folder, 'checkpoints')).sort().at(-1) ?? '';
    const names = [
      join('checkpoints', last, 'weights.safetensors'),
      join('checkpoints', last, 'state.json'),
      ...['policy.jsonl', 'events.jsonl', 'architecture.yaml', 'result.json'],
    ];
    return names.map((name) => [`${stage}/${name}`, contentOf(join(folder, name), id)]);
  });
  return Object.fromEntries(
    files.map(([name, content]) => [
      name,
      createHash('sha256')
        .update(content ?? '')
        .digest('hex'),
    ]),
  );
}

/** @param {string} file @param {string} id */
function contentOf(file, id) {
  if (file.endsWith('.safetensors')) return readFileSync(file);
  const text = readFileSync(file, 'utf8').replaceAll(id, 'ID');
  if (!file.endsWith('events.jsonl')) return text;
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.map(({ imagesPerSecond, dataWait, memoryMb, tensors, ...event }) => JSON.stringify(event)).join('\n');
}
