// @ts-check
/** Runs a command under Open MPI's mpirun, and sends signals to it or to one of its ranks. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ status: number | null, stdout: string, stderr: string, seconds: number, ranksLeft: number }} Ended
 * @typedef {{ signal: NodeJS.Signals, to: 'mpirun' | number, after: RegExp }} Sent
 *   a signal to mpirun or a rank, once standard error matches
 */

/** Ends the program with a clear message if Open MPI is missing. */
export function requireMpi() {
  const { stdout } = spawnSync('mpirun', ['--version'], { encoding: 'utf8' });
  const version = /Open MPI\S* (\S+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) {
    console.error("Open MPI's mpirun is missing: apt-get install -y --no-install-recommends openmpi-bin");
    process.exit(1);
  }
  return version;
}

/** Arguments of mpirun for ranks on one host that has fewer cores, also as root. */
const everywhere = [
  '--oversubscribe',
  '--bind-to',
  'none',
  '--mca',
  'btl',
  'self,tcp',
  '--mca',
  'btl_tcp_if_include',
  'lo',
];
const asRoot = process.getuid?.() === 0 ? ['--allow-run-as-root'] : [];

/**
 * Runs `node ARGS` as ranks on emulated nodes, until all have ended.
 *
 * @param {readonly number[]} nodes  ranks of each node; nodes share no memory with each other
 * @param {readonly string[]} args @param {Sent} [sent]
 * @returns {Promise<Ended>}
 */
export async function mpirun(nodes, args, sent) {
  const parts = nodes.map((ranks, i) => ['-n', String(ranks), '-x', `MNV4_NODE=${i}`, process.execPath, ...args]);
  const all = parts.flatMap((part, i) => (i === 0 ? part : [':', ...part]));
  const began = performance.now();
  const child = spawn('mpirun', [...asRoot, ...everywhere, ...all], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  /** @type {number[]} */
  let ranks = [];
  let isSent = false;
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
    if (sent === undefined || isSent || !sent.after.test(stderr)) return;
    isSent = true;
    ranks = childrenOf(/** @type {number} */ (child.pid));
    process.kill(
      sent.to === 'mpirun' ? /** @type {number} */ (child.pid) : /** @type {number} */ (ranks[sent.to]),
      sent.signal,
    );
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  const seconds = (performance.now() - began) / 1000;
  for (let i = 0; i < 100 && ranks.some(isRunning); i++) await sleep(100);
  return { status, stdout, stderr, seconds, ranksLeft: ranks.filter(isRunning).length };
}

/** The ranks on this host, in their order. @param {number} pid  of mpirun */
function childrenOf(pid) {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers
    .map(Number)
    .filter((child) => statusOf(child)?.parent === pid)
    .sort((a, b) => a - b);
}

/** @param {number} pid */
function isRunning(pid) {
  const status = statusOf(pid);
  return status !== undefined && status.state !== 'Z';
}

/** @param {number} pid */
function statusOf(pid) {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined;
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined; // it has ended meanwhile
  }
}
