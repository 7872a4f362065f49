#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:slurm`: proves that a search which `mnv4-nas job slurm` writes survives the failures of a real Slurm
 * cluster. slurmctld and four slurmd run below a temporary folder, on loopback. The coarse stages of three seeds are an
 * array; a fine stage and a training depend on each. One task is preempted, the node of another loses its power, all
 * are signalled before their time limit unless they end earlier, and Slurm loses the node of a fine stage that goes on.
 * Compares the files of all runs with those of the same commands without Slurm, and exits with 1 if any differs.
 *
 * The search is tiny, and a step is made to take a second, so that all of it takes 5 minutes and little computing.
 * Needs Slurm and munge; on Debian: apt-get install -y --no-install-recommends slurm-wlm slurmctld slurmd slurm-client
 * munge. MNV4_PROOF_PORT is the first of five free ports, by default 26817.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { entry, World } from './mistakes/world.mjs';
import { Cluster, missingPrograms } from './slurm/cluster.mjs';
import { cutPower, exitCodesOf, factsOf, loseNode, preempt, reachLimit, resumedAfter } from './slurm/failures.mjs';
import { differing, filesOf } from './slurm/files.mjs';
import { until } from './slurm/until.mjs';

/** @typedef {import('./slurm/failures.mjs').Task} Task */

const kinds = /** @type {const} */ (['coarse', 'fine', 'train']);
const seeds = [3, 4, 5];
const pace = `--import=${new URL('slurm/pace.mjs?ms=1000', import.meta.url)}`;

const config = `name: small
seed: 3
dataset: { folder: set }
cost:
  - { cost: macs, target: 12000 }
search:
  batch: 16
  validationBatch: 24
  weights: { optimizer: { kind: adamW }, learningRate: 0.01 }
  controller: { logitTravel: 20 }
  statisticsBatches: 2
  logEvery: 1
  checkpointEvery: 10
coarse: { space: space.yaml, steps: 75 }
fine: { refine: uib.refine, warmStart: true, steps: 90 }
train: { recipe: small.train.yaml }
`;

const recipe = `name: small
data: { folder: set }
epochs: 1
batch: 48
optimizer: { kind: adamW }
learningRate: 0.01
logEvery: 1
`;

const missing = missingPrograms();
if (missing.length > 0) {
  const packages = 'slurm-wlm slurmctld slurmd slurm-client munge';
  console.error(
    `not installed: ${missing.join(', ')}\nwhat to do: apt-get install -y --no-install-recommends ${packages}`,
  );
  process.exit(5);
}
const world = new World();
mkdirSync(world.path('cluster'));
const cluster = new Cluster(world.path('cluster'), Number(process.env['MNV4_PROOF_PORT'] ?? 26817));
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void cluster.down().finally(() => process.exit(130)));
}
try {
  await world.beginSet();
  world.write('small.yaml', config);
  world.write('small.train.yaml', recipe);
  await runAlone();
  console.log(`without Slurm: ${seeds.length * kinds.length} runs`);
  await cluster.up();
  const tasks = await submitted();
  await Promise.all([
    preempt(cluster, tasks.coarse[0]),
    cutPower(cluster, tasks.coarse[1]),
    reachLimit(tasks.coarse[2]),
    loseNode(cluster, tasks.fine[0]),
  ]);
  await until('the end of all jobs', async () => (await cluster.run('squeue', '--noheader')) === '', 900);
  process.exitCode = (await reported(tasks)) ? 0 : 1;
} finally {
  await cluster.down();
  world.end();
}

/** Runs all commands without Slurm and without failures. */
async function runAlone() {
  const own = (/** @type {number} */ seed, /** @type {string} */ kind) => [
    ...['--run-id', `small-seed-${seed}-${kind}`, '--root', 'alone', '--workers', '1', '--threads', '1'],
  ];
  for (const seed of seeds) {
    const id = `small-seed-${seed}`;
    await world.must(0, ['coarse', 'small.yaml', '--seed', `${seed}`, ...own(seed, 'coarse')]);
    await world.must(0, ['fine', 'small.yaml', '--from', `${id}-coarse`, '--seed', `${seed}`, ...own(seed, 'fine')]);
    await world.must(0, ['train', `${id}-fine`, '--recipe', 'small.train.yaml', ...own(seed, 'train')]);
  }
}

/** Writes the project and submits it; returns its tasks. @returns {Promise<Record<string, any>>} */
async function submitted() {
  const places = ['--root', world.path('runs'), '--to', world.path('project')];
  const limits = ['--time', '2', '--lead', '50', '--sbatch=--partition=low'];
  const what = ['job', 'slurm', world.path('small.yaml'), '--seeds', `${seeds.length}`, ...places, ...limits];
  const env = { NODE_OPTIONS: pace };
  const { submitted } = JSON.parse(await cluster.runWith(env, process.execPath, entry, ...what, '--submit', '--json'));
  return Object.fromEntries(
    submitted.map((/** @type {{ kind: string, job: string }} */ { kind, job }) => [
      kind,
      seeds.map((seed, i) => taskOf(kind, job, seed, i)),
    ]),
  );
}

/** @param {string} kind @param {string} array @param {number} seed @param {number} i @returns {Task} */
function taskOf(kind, array, seed, i) {
  return {
    job: `${array}_${i}`,
    run: world.path(join('runs', `small-seed-${seed}-${kind}`)),
    log: world.path(join('project', 'logs', `small-${kind}-${array}_${i}.log`)),
  };
}

/** Prints what became of each task, and returns true if all runs are the same. @param {Record<string, Task[]>} tasks */
async function reported(tasks) {
  const listed = JSON.parse(await world.must(0, ['runs', 'list', '--root', 'runs', '--json']));
  let isSame = true;
  for (const task of Object.values(tasks).flat()) {
    const { state, restarts } = await factsOf(cluster, task);
    const id = basename(task.run);
    const different = differing(world.path(join('alone', id)), task.run);
    const run = listed.find((/** @type {any} */ one) => one.id === id);
    isSame &&= state === 'COMPLETED' && different.length === 0 && run.job === task.job && run.status === 'done';
    const resumed = resumedAfter(task)
      .map((step) => `, resumed after step ${step}`)
      .join('');
    const same = `all ${Object.keys(filesOf(task.run)).length} files the same`;
    const outcome = different.length === 0 ? same : `differs in ${different.join(', ')}`;
    const codes = `exit codes ${exitCodesOf(task).join(' ')}`;
    console.log(
      `${id}, job ${run.job}: ${state}, restarts: ${restarts}, ${codes}${resumed}; ${run.status}, ${outcome}`,
    );
  }
  return isSame;
}
