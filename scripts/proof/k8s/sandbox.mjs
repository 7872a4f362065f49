// @ts-check
/**
 * Pods without a container engine: a process in mount, process, network and IPC namespaces, whose root file system is
 * read-only and has only libraries, sh, node and tini, run as another user without capabilities.
 */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { engines } from './engines.mjs';

export const user = 10001;

/**
 * @typedef {object} Mounts
 * @property {readonly string[]} readOnly         folders or files that keep their paths
 * @property {Readonly<Record<string, string>>} at  folders by the path where they are mounted read-only
 * @property {string} data                        the volume, mounted at /data
 */

/**
 * Makes the empty root file system of a pod and the script that fills it inside its namespaces.
 *
 * @param {string} folder @param {Mounts} mounts
 */
export function sandbox(folder, { readOnly, at, data }) {
  const top = join(folder, 'root');
  const tools = { sh: '/bin/sh', node: process.execPath, setpriv: '/usr/bin/setpriv', tini: engines.tini };
  const programs = Object.entries(tools).map(([name, file]) => /** @type {const} */ ([`/usr/bin/${name}`, file]));
  const libraries = ['/usr/lib', '/usr/lib64', '/etc/ld.so.cache'].filter(existsSync);
  const bound = [...libraries, ...readOnly].map((path) => /** @type {const} */ ([path, path]));
  const mounts = [...bound, ...programs, ...Object.entries(at)];
  for (const name of ['proc', 'dev', 'tmp', 'data', 'etc', 'usr/bin']) mkdirSync(join(top, name), { recursive: true });
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    if (existsSync(`/${name}`) && lstatSync(`/${name}`).isSymbolicLink())
      symlinkSync(readlinkSync(`/${name}`), join(top, name));
  }
  writeFileSync(join(top, 'etc/passwd'), `mnv4-nas:x:${user}:${user}::/home/mnv4-nas:/bin/sh\n`);
  for (const [inside, outside] of mounts) {
    const place = inside.startsWith('/data/') ? join(data, inside.slice('/data'.length)) : join(top, inside);
    makePlace(place, lstatSync(outside).isDirectory());
  }
  const script = join(folder, 'enter.sh');
  const bind = (/** @type {string} */ from, /** @type {string} */ to) =>
    `mount --bind "${from}" "${top}${to}" && mount -o remount,bind,ro "${top}${to}"`;
  writeFileSync(
    script,
    `#!/bin/sh
set -e
mount --make-rprivate /
mount --bind "${top}" "${top}"
mount --bind "${data}" "${top}/data"
${mounts.map(([inside, outside]) => bind(outside, inside)).join('\n')}
mount -t proc proc "${top}/proc"
mount -t tmpfs -o mode=755 tmpfs "${top}/dev"
for device in null zero random urandom; do : > "${top}/dev/$device"; mount --bind /dev/$device "${top}/dev/$device"; done
mkdir "${top}/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "${top}/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "${top}/tmp"
mount -o remount,bind,ro "${top}"
exec chroot "${top}" /bin/sh -c 'cd /data && exec "$@"' sh /usr/bin/setpriv --reuid ${user} --regid ${user} --clear-groups --no-new-privs --inh-caps -all --bounding-set -all "$@"
`,
  );
  chmodSync(script, 0o755);
  return script;
}

/** @param {string} path @param {boolean} isFolder */
function makePlace(path, isFolder) {
  if (existsSync(path)) return;
  mkdirSync(isFolder ? path : join(path, '..'), { recursive: true });
  if (!isFolder) writeFileSync(path, '');
}

/**
 * @typedef {object} Ended
 * @property {number | null} status
 * @property {string} output
 * @property {number} ms    from the signal, or else from the start, to the end
 */

/**
 * Runs a command as process 1 of a pod. Once its output matches `until`, or at once without it but with `graceSeconds`,
 * sends it SIGTERM, and SIGKILL after the grace period, as a kubelet does.
 *
 * @param {string} script  of `sandbox` @param {readonly string[]} command
 * @param {{ env?: Record<string, string>, graceSeconds?: number, until?: RegExp }} [given]
 * @returns {Promise<Ended>}
 */
export function runPod(script, command, { env = {}, graceSeconds, until } = {}) {
  const namespaces = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child'];
  const child = spawn('unshare', [...namespaces, script, ...command], {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin', HOME: '/', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let since = performance.now();
  let isTold = false;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const terminate = () => {
    if (isTold) return;
    isTold = true;
    since = performance.now();
    signalFirst(child.pid, 'SIGTERM');
    timer = setTimeout(() => signalFirst(child.pid, 'SIGKILL'), 1000 * (graceSeconds ?? 0));
  };
  const listen = (/** @type {Buffer} */ text) => {
    output += text;
    if (until?.test(output)) terminate();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output, ms: performance.now() - since });
    });
  });
}

/** Signals process 1 of the pod, the only child of unshare. @param {number | undefined} pid @param {NodeJS.Signals} signal */
function signalFirst(pid, signal) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  if (children !== '') process.kill(Number(children.split(' ')[0]), signal);
}
