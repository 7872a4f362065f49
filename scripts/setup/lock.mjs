// @ts-check
/** A lock that admits one set-up at a time per cache; others wait. A lock whose holder is gone is taken over. */
import { readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const beatMs = 5_000;
const staleMs = 60_000;

/**
 * Does the work while holding the lock, and returns its result.
 *
 * @template T
 * @param {string} file  the lock; its folder must exist
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work, limitMs = staleMs) {
  let seen = look(file);
  let since = performance.now(); // other clocks may be wrong: only the time we have seen no beat counts
  for (let told = false; !tryLock(file); told = true) {
    if (!told) process.stderr.write(`set-up: waiting for another set-up (lock ${file})\n`);
    await sleep(Math.min(300, limitMs / 10));
    const now = look(file);
    if (now.text !== seen.text || now.beat !== seen.beat) since = performance.now();
    seen = now;
    if (isGone(seen.text) || performance.now() - since > limitMs) rmSync(file, { force: true });
  }
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), beatMs);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.removeListener('exit', release);
    release();
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, JSON.stringify({ host: hostname(), pid: process.pid, table: processTable() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  }
}

/** @param {string} file */
function look(file) {
  try {
    return { text: readFileSync(file, 'utf8'), beat: statSync(file).mtimeMs };
  } catch {
    return { text: '', beat: 0 }; // just released
  }
}

/** True if the holder's process table is ours and does not contain it. @param {string} text */
function isGone(text) {
  try {
    const { host, pid, table } = JSON.parse(text);
    return table === processTable() && (table !== null || host === hostname()) && !isAlive(pid);
  } catch {
    return false; // not written yet
  }
}

/**
 * The boot and the PID namespace, as in `core/machine/processes.ts`; containers can share a host name, but not these.
 */
export function processTable() {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
