#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:tensorboard`: proves with TensorBoard's own loaders that a search which is killed twice and resumed shows
 * every step once and with the values of its logs. Two TensorBoards, one for each loader, follow it from the start and
 * have read the lost steps when the search resumes; two more, and EventAccumulator, read it at the end. Exits with 1 if a
 * step is shown twice or a value differs. Run after `npm run proof:tensorboard:install`; takes a minute or two.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaves } from '#core/documents/flatten';
import { withStandInSet } from '#tasks/project/stand-in-set';
import { probabilities } from '#tasks/search/controller/policy';
import { isInstalled } from '../python/environment.mjs';
import { set, smallSearch } from './mpi/small-search.mjs';
import { tensorBoardEnvironment } from './tensorboard/environment.mjs';
import { tensorBoard } from './tensorboard/server.mjs';

/** @typedef {import('./tensorboard/server.mjs').Found} Found */

if (!isInstalled(tensorBoardEnvironment)) {
  console.error('tensorboard: TensorBoard is not installed; run `npm run proof:tensorboard:install`');
  process.exit(5);
}
const kills = [35, 95]; // steps that are lost: checkpoints are written every 20
const folder = mkdtempSync(join(tmpdir(), 'mnv4-tensorboard-'));
const run = 'killed';
/** @type {import('./tensorboard/server.mjs').Server[]} */
const servers = [];
try {
  await withStandInSet(set, async (images) => {
    const command = smallSearch(folder, images.folder)(run, ['--workers', '1']);
    servers.push(await tensorBoard(folder, true), await tensorBoard(folder, false));
    for (const step of kills) await killedAfter(command, step);
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the resumed search ended with ${status}:\n${stderr}`);
  });
  const expected = logged();
  for (const server of servers) await shows(server, 200, 'result');
  await compare(servers, 'following', expected);
  const later = [await tensorBoard(folder, true), await tensorBoard(folder, false)];
  servers.push(...later);
  for (const server of later) await shows(server, 200, 'result');
  await compare(later, 'started later', expected);
  tell('EventAccumulator', differences(accumulated(), expected));
} finally {
  for (const server of servers) server.end();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the search, and kills it once it has finished a step and both TensorBoards have read that. @param {string[]} command @param {number} step */
async function killedAfter(command, step) {
  const child = spawn(process.execPath, command, { stdio: 'ignore' });
  process.on('exit', () => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  const log = join(folder, run, 'events.jsonl');
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes(`"step":${step},`), `step ${step}`);
  child.kill('SIGSTOP');
  for (const server of servers) await shows(server, step);
  child.kill('SIGKILL');
  if ((await ended) !== 'SIGKILL') throw new Error(`the search ended before it was killed after step ${step}`);
  const last = Math.max(...steps());
  console.log(`killed after step ${last}; resuming from step ${last - (last % 20)}`);
}

/** @returns {number[]} */
function steps() {
  return lines('events').map(({ step }) => step);
}

/** @param {string} name @returns {any[]} */
function lines(name) {
  const text = readFileSync(join(folder, run, `${name}.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Waits until a server shows a step and, if named, a text. @param {import('./tensorboard/server.mjs').Server} server @param {number} step @param {string} [text] */
async function shows(server, step, text) {
  await until(async () => {
    const found = await server.found(run).catch(() => undefined); // the folder may not have been read yet
    const hasText = text === undefined || found?.text[text] !== undefined;
    return hasText && (found?.scalars['loss'] ?? []).some(([shown]) => shown >= step);
  }, `${server.name} to show step ${step}`);
}

/** @param {() => boolean | Promise<boolean>} holds @param {string} what */
async function until(holds, what) {
  for (const start = Date.now(); !(await holds()); ) {
    if (Date.now() - start > 240_000) throw new Error(`waited 4 minutes for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The values in the run's logs, which TensorBoard should show. @returns {Found} */
function logged() {
  /** @type {Record<string, [number, any][]>} */
  const scalars = {};
  /** @type {Record<string, [number, any][]>} */
  const histograms = {};
  for (const { step, ...figures } of lines('events')) {
    for (const [path, value] of leaves(figures)) {
      const tag = path.join('/');
      scalars[tag] = [...(scalars[tag] ?? []), [step, Math.fround(Number(value))]];
    }
  }
  for (const { step, logits } of lines('policy')) {
    for (const [path, row] of Object.entries(logits)) {
      const buckets = probabilities(row, 1).map((p, k) => [k - 0.5, k + 0.5, p]);
      histograms[`policy/${path}`] = [...(histograms[`policy/${path}`] ?? []), [step, buckets]];
    }
  }
  const text = (/** @type {string} */ name, /** @type {string} */ language) =>
    `\`\`\`${language}\n${readFileSync(join(folder, run, name), 'utf8').trimEnd()}\n\`\`\`\n`;
  return {
    scalars,
    histograms,
    text: { config: [[0, text('config.yaml', 'yaml')]], result: [[200, text('result.json', 'json')]] },
  };
}

/** @returns {Found} */
function accumulated() {
  const args = ['-B', join(import.meta.dirname, 'tensorboard', 'accumulated.py'), join(folder, run)];
  const { status, stdout, stderr } = spawnSync(tensorBoardEnvironment.python, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`accumulated.py ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

/** @param {readonly import('./tensorboard/server.mjs').Server[]} servers @param {string} when @param {Found} expected */
async function compare(servers, when, expected) {
  for (const server of servers) tell(`${server.name}, ${when}`, differences(await server.found(run), expected));
}

/** @param {string} what @param {readonly string[]} differences */
function tell(what, differences) {
  console.log(
    `${what}: ${differences.length === 0 ? 'every step once, every value as logged' : differences.join('; ')}`,
  );
  if (differences.length > 0) process.exitCode = 1;
}

/** @param {Found} found @param {Found} expected @returns {string[]} */
function differences(found, expected) {
  const told = [];
  for (const kind of /** @type {const} */ (['scalars', 'histograms', 'text'])) {
    const tags = [...new Set([...Object.keys(found[kind]), ...Object.keys(expected[kind])])];
    let values = 0;
    for (const tag of tags) {
      const [was, is] = [expected[kind][tag] ?? [], found[kind][tag] ?? []];
      values += was.length;
      const numbers = is.map(([step]) => step);
      const again = numbers.filter((step, i) => numbers.indexOf(step) !== i);
      if (again.length > 0) told.push(`${tag} shows the steps ${again} twice`);
      else if (JSON.stringify(is) !== JSON.stringify(was))
        told.push(`${tag} differs: ${JSON.stringify(is).slice(0, 200)}`);
    }
    if (values === 0) told.push(`no ${kind} to compare`);
  }
  return told;
}
