#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:slurm`: proves that a search which `mnv4-nas job slurm` writes survives the failures of a real Slurm
 * cluster. slurmctld and four slurmd run below a temporary folder, on loopback. The coarse stages of three seeds are an
 * array; a fine stage and a training depend on each. One task is preempted, the node of another loses its power, all
 * are signalled before their time limit unless they end earlier, and Slurm loses the node of a fine stage that goes on.
 * Then both stages of a search run as MPI ranks on two nodes (`srun --mpi=pmix`), and are signalled once. Compares the
 * files of all runs with those of the same commands without Slurm, and exits with 1 if any differs.
 *
 * The search is tiny, and a step is made to take a second, so that all of it takes 6 minutes and little computing.
 * Needs Slurm, munge and Open MPI; on Debian: apt-get install -y --no-install-recommends slurm-wlm slurmctld slurmd
 * slurm-client munge openmpi-bin. MNV4_PROOF_PORT is the first of five free ports, by default 26817.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { entry, World } from './mistakes/world.mjs';
import { Cluster, missingPrograms } from './slurm/cluster.mjs';
import {
  cutPower,
  exitCodesOf,
  factsOf,
  loseNode,
  preempt,
  reachLimit,
  resumedAfter,
  signal,
} from './slurm/failures.mjs';
import { differing, filesOf } from './slurm/files.mjs';
import { until } from './slurm/until.mjs';

/** @typedef {import('./slurm/failures.mjs').Task} Task */

const kinds = /** @type {const} */ (['coarse', 'fine', 'train']);
const seeds = [3, 4, 5];
const pace = (/** @type {number} */ ms) => `--import=${new URL(`slurm/pace.mjs?ms=${ms}`, import.meta.url)}`;

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

const pair = config
  .replace('name: small', 'name: pair')
  .replace('batch: 16', 'batch: 16\n  samplesPerStep: 2')
  .replace(/^train: .*\n/m, '');

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
  const packages = 'slurm-wlm slurmctld slurmd slurm-client munge openmpi-bin';
  console.error(
    `not installed: ${missing.join(', ')}\nwhat to do: apt-get install -y --no-install-recommends ${packages}`,
  );
  process.exit(5);
}
const world = new World();
mkdirSync(world.path('cluster'));
const cluster = new Cluster(world.path('cluster'), Number(process.env['MNV4_PROOF_PORT'] ?? 26817));
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => void cluster.down().finally(() => process.exit(130)));
}
try {
  await world.beginSet();
  world.write('small.yaml', config);
  world.write('pair.yaml', pair);
  world.write('small.train.yaml', recipe);
  await runAlone();
  console.log(`without Slurm: ${seeds.length * kinds.length + 2} runs`);
  await cluster.up();
  const tasks = await submitted('small', seeds, pace(1000), ['--time', '2', '--lead', '50']);
  await Promise.all([
    preempt(cluster, tasks.coarse[0]),
    cutPower(cluster, tasks.coarse[1]),
    reachLimit(tasks.coarse[2]),
    loseNode(cluster, tasks.fine[0]),
  ]);
  await endOfJobs();
  const ranks = await submitted('pair', seeds.slice(0, 1), pace(50), ['--nodes', '2', '--workers', '2']);
  await signal(cluster, ranks.coarse[0]);
  await endOfJobs();
  process.exitCode = (await reported({ ...tasks, ranks: [...ranks.coarse, ...ranks.fine] })) ? 0 : 1;
} finally {
  await cluster.down();
  world.end();
}

function endOfJobs() {
  return until('the end of all jobs', async () => (await cluster.run('squeue', '--noheader')) === '', 900);
}

/** Runs all commands without Slurm and without failures. */
async function runAlone() {
  const options = (/** @type {string} */ id, workers = 1) => [
    ...['--run-id', id, '--root', 'alone', '--workers', `${workers}`, '--threads', '1'],
  ];
  const own = (/** @type {number} */ seed, /** @type {string} */ kind) => options(`small-seed-${seed}-${kind}`);
  for (const seed of seeds) {
    const id = `small-seed-${seed}`;
    await world.must(0, ['coarse', 'small.yaml', '--seed', `${seed}`, ...own(seed, 'coarse')]);
    await world.must(0, ['fine', 'small.yaml', '--from', `${id}-coarse`, '--seed', `${seed}`, ...own(seed, 'fine')]);
    await world.must(0, ['train', `${id}-fine`, '--recipe', 'small.train.yaml', ...own(seed, 'train')]);
  }
  const [id, seed] = [`pair-seed-${seeds[0]}`, ['--seed', `${seeds[0]}`]];
  await world.must(0, ['coarse', 'pair.yaml', ...seed, ...options(`${id}-coarse`, 2)]);
  await world.must(0, ['fine', 'pair.yaml', '--from', `${id}-coarse`, ...seed, ...options(`${id}-fine`, 2)]);
}

/**
 * Writes a project and submits it; returns its tasks. Open MPI is kept on loopback.
 *
 * @param {string} name  of the config @param {readonly number[]} seeds @param {string} nodeOptions
 * @param {readonly string[]} options
 * @returns {Promise<Record<string, any>>}
 */
async function submitted(name, seeds, nodeOptions, options) {
  const project = `${name}-project`;
  const places = ['--root', world.path('runs'), '--to', world.path(project)];
  const where = ['job', 'slurm', world.path(`${name}.yaml`), '--seeds', `${seeds.length}`, '--sbatch=--partition=low'];
  const env = { NODE_OPTIONS: nodeOptions, OMPI_MCA_btl: 'self,tcp', OMPI_MCA_btl_tcp_if_include: 'lo' };
  const args = [entry, ...where, ...places, ...options, '--submit', '--json'];
  const { submitted } = JSON.parse(await cluster.runWith(env, process.execPath, ...args));
  return Object.fromEntries(
    submitted.map((/** @type {{ kind: string, job: string }} */ { kind, job }) => [
      kind,
      seeds.map((seed, i) => ({
        job: `${job}_${i}`,
        run: world.path(join('runs', `${name}-seed-${seed}-${kind}`)),
        log: world.path(join(project, 'logs', `${name}-${kind}-${job}_${i}.log`)),
      })),
    ]),
  );
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
