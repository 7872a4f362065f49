// @ts-check
/** A Slurm cluster of emulated nodes below one folder, on loopback: munged, slurmctld and a slurmd for each node. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuration, nodes } from './configuration.mjs';
import { processesOn } from './node-processes.mjs';
import { until } from './until.mjs';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'srun', 'scontrol', 'squeue', 'scancel', 'sinfo'];

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** The programs of Slurm and munge that are not installed. */
export function missingPrograms() {
  const folders = searchPath().split(':');
  return programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
}

function searchPath() {
  return `${process.env['PATH']}:/usr/sbin:/sbin`;
}

export class Cluster {
  /** @type {Map<string, ChildProcess>} */
  #daemons = new Map();
  #folder;
  #env;

  /** @param {string} folder  a new one @param {number} port  the first of five free ones */
  constructor(folder, port) {
    this.#folder = folder;
    this.#env = { ...process.env, PATH: searchPath(), SLURM_CONF: join(folder, 'slurm.conf') };
    for (const name of ['state', 'log', 'munge']) mkdirSync(join(folder, name), { recursive: true });
    for (const name of ['state', 'munge']) chmodSync(join(folder, name), 0o700); // munge refuses an open folder
    writeFileSync(join(folder, 'munge', 'key'), randomBytes(128), { mode: 0o400 });
    writeFileSync(this.#env.SLURM_CONF, configuration(folder, port));
  }

  /** Starts everything, and waits until all nodes are idle. */
  async up() {
    const munge = (/** @type {string} */ name) => join(this.#folder, 'munge', name);
    const files = ['key-file=key', 'socket=sock', 'pid-file=pid', 'log-file=log', 'seed-file=seed'];
    const places = files.map((file) => file.replace(/=(.*)/, (_, name) => `=${munge(name)}`));
    this.#start('munged', ['--foreground', '--force', ...places.map((place) => `--${place}`)]);
    await until('munge', () => existsSync(munge('sock')));
    this.#start('slurmctld', ['-D', '-f', this.#env.SLURM_CONF]);
    for (const node of nodes) this.startNode(node);
    await until(
      'idle nodes',
      async () => (await this.run('sinfo', '-hNp', 'low', '-o', '%T')).match(/idle/g)?.length === nodes.length,
    );
  }

  /** Starts a node's slurmd, with empty folders as after a reboot. @param {string} node */
  startNode(node) {
    for (const name of ['spool', 'tmp']) {
      const folder = join(this.#folder, `${name}-${node}`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
    this.#start(`slurmd-${node}`, ['-D', '-N', node, '-f', this.#env.SLURM_CONF]);
  }

  /** Starts a node's slurmd again, which finds the jobs that went on without it. @param {string} node */
  continueNode(node) {
    this.#start(`slurmd-${node}`, ['-D', '-N', node, '-f', this.#env.SLURM_CONF]);
  }

  /** Kills a node's slurmd; its jobs go on, and Slurm no longer sees them. @param {string} node */
  loseNode(node) {
    return this.#end(`slurmd-${node}`, 'SIGKILL');
  }

  /** Kills all of a node at once, like a power cut: slurmd and the jobs with all their processes. @param {string} node */
  async cutPower(node) {
    const lost = processesOn(node, this.#env.SLURM_CONF);
    await this.loseNode(node);
    for (const pid of lost) process.kill(pid, 'SIGKILL');
  }

  /** Runs a program of Slurm and returns its output. @param {string} program @param {string[]} args */
  run(program, ...args) {
    return this.runWith({}, program, ...args);
  }

  /**
   * Runs any program in the cluster's environment and returns its output.
   *
   * @param {Record<string, string>} env  further variables @param {string} program @param {string[]} args
   * @returns {Promise<string>}
   */
  runWith(env, program, ...args) {
    return new Promise((done, failed) => {
      execFile(program, args, { env: { ...this.#env, ...env } }, (error, stdout, stderr) => {
        if (error === null) done(stdout.trim());
        else failed(new Error(`${program} ${args.join(' ')}: ${stderr.trim() || error.message}`));
      });
    });
  }

  /** Ends the jobs, which outlive a slurmd, then the daemons. */
  async down() {
    if (this.#daemons.has('slurmctld')) {
      await this.run('scancel', `--user=${process.getuid?.()}`).catch(() => {});
      await until('the end of all jobs', async () => (await this.run('squeue', '-h')) === '', 60).catch(() => {});
    }
    for (const name of [...this.#daemons.keys()].reverse()) await this.#end(name, 'SIGTERM');
    for (const node of nodes) for (const pid of processesOn(node, this.#env.SLURM_CONF)) process.kill(pid, 'SIGKILL');
  }

  /** @param {string} name @param {string[]} args */
  #start(name, args) {
    const log = openSync(join(this.#folder, 'log', name), 'a');
    const [program = ''] = name.split('-');
    const child = spawn(program, args, { env: this.#env, stdio: ['ignore', log, log], detached: true });
    this.#daemons.set(name, child);
  }

  /** @param {string} name @param {'SIGTERM' | 'SIGKILL'} signal */
  async #end(name, signal) {
    const child = this.#daemons.get(name);
    this.#daemons.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }
}
