// @ts-check
/** The failures that the proof injects, each into one task once it works. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until.mjs';

/**
 * @typedef {import('./cluster.mjs').Cluster} Cluster
 * @typedef {object} Task
 * @property {string} job  Slurm's name, ARRAY_TASK
 * @property {string} run  the folder of its run
 * @property {string} log
 */

const patience = 600; // seconds: tasks wait for one another

/** A job of a partition of higher priority takes the task's node. @param {Cluster} cluster @param {Task} task */
export async function preempt(cluster, task) {
  await untilStep(task, 5);
  const node = await nodeOf(cluster, task);
  await cluster.run('sbatch', '--partition=high', `--nodelist=${node}`, '--output=/dev/null', '--wrap=sleep 2');
}

/** The power of the task's node fails, and comes back once Slurm has noticed. @param {Cluster} cluster @param {Task} task */
export async function cutPower(cluster, task) {
  await untilStep(task, 15);
  const node = await nodeOf(cluster, task);
  await cluster.cutPower(node);
  await untilRestarts(cluster, task, 1);
  cluster.startNode(node);
}

/**
 * Slurm loses the task's node, on which the task goes on: it starts the task on the other node as well, where the lock
 * of the run refuses it. Then the node comes back.
 *
 * @param {Cluster} cluster @param {Task} task
 */
export async function loseNode(cluster, task) {
  await untilStep(task, 5);
  const node = await nodeOf(cluster, task);
  await cluster.loseNode(node);
  await until('the refusal of the second task', () => textOf(task.log).includes('exit code 2'), patience);
  cluster.continueNode(node);
}

/** Slurm cuts off the task at its time limit; nothing needs to be done but to wait for the signal. @param {Task} task */
export function reachLimit(task) {
  return until('the signal before the time limit', () => textOf(task.log).includes('exit code 75'), patience);
}

/** The task's step is asked to stop, as before a time limit. @param {Cluster} cluster @param {Task} task */
export async function signal(cluster, task) {
  await untilStep(task, 5);
  await cluster.run('scancel', '--signal=USR1', task.job);
}

/** Facts about a task that Slurm keeps. @param {Cluster} cluster @param {Task} task */
export async function factsOf(cluster, { job }) {
  const text = await cluster.run('scontrol', 'show', 'job', '--oneliner', job);
  const fact = (/** @type {string} */ name) => new RegExp(` ${name}=(\\S+)`).exec(text)?.[1] ?? '';
  return { state: fact('JobState'), restarts: Number(fact('Restarts')) };
}

/** Steps after which a task resumed its run, by its log. @param {Task} task */
export function resumedAfter({ log }) {
  return [...textOf(log).matchAll(/resuming after step (\d+)/g)].map(([, step]) => Number(step));
}

/** The exit codes of the program, by its log. @param {Task} task */
export function exitCodesOf({ log }) {
  return [...textOf(log).matchAll(/^\S+ task \S+: exit code (\d+)$/gm)].map(([, code]) => Number(code));
}

/** @param {Task} task @param {number} step */
function untilStep({ run }, step) {
  const events = join(run, 'events.jsonl');
  return until(`step ${step} of ${run}`, () => textOf(events).split('\n').length > step, patience);
}

/** @param {Cluster} cluster @param {Task} task @param {number} restarts */
function untilRestarts(cluster, task, restarts) {
  return until(`a restart of ${task.job}`, async () => (await factsOf(cluster, task)).restarts >= restarts, patience);
}

/** @param {Cluster} cluster @param {Task} task */
function nodeOf(cluster, { job }) {
  return cluster.run('squeue', '--noheader', `--jobs=${job}`, '--format=%N');
}

/** @param {string} file */
function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
