// @ts-check
/** A real API server with its Job controller, on loopback, in the background at the lowest priority. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { engines } from './engines.mjs';

/** @typedef {(method: string, path: string, body?: object | string) => Promise<any>} Api */

/**
 * Starts etcd, the API server and the Job controller; returns access to it, and a function that ends them.
 *
 * @param {string} folder @param {number} port  the first of four
 * @returns {Promise<{ api: Api, end: () => Promise<void> }>}
 */
export async function startServer(folder, port) {
  const token = randomBytes(16).toString('hex');
  const [etcdPort, peerPort, managerPort] = [port + 1, port + 2, port + 3];
  const key = join(folder, 'sa.key');
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,1,system:masters\n`, { mode: 0o600 });
  spawnSync('openssl', ['genrsa', '-out', key, '2048']);
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(port, token), { mode: 0o600 });
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const etcd = background(folder, engines.etcd, [
    ...['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
    ...[
      '--listen-peer-urls',
      peerUrl,
      '--initial-advertise-peer-urls',
      peerUrl,
      '--initial-cluster',
      `default=${peerUrl}`,
    ],
  ]);
  const server = background(folder, engines.apiServer, [
    ...['--etcd-servers', etcdUrl, '--bind-address', '127.0.0.1', '--secure-port', `${port}`],
    ...['--cert-dir', join(folder, 'certs'), '--token-auth-file', join(folder, 'tokens.csv')],
    ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-account-key-file', key],
    ...['--service-account-signing-key-file', key, '--service-cluster-ip-range', '10.0.0.0/24'],
    ...['--authorization-mode', 'AlwaysAllow', '--endpoint-reconciler-type', 'none'],
    ...['--disable-admission-plugins', 'ServiceAccount'],
  ]);
  const api = apiOf(port, token);
  const programs = [server, etcd];
  const end = async () => {
    for (const program of programs) await ended(program);
  };
  try {
    await ready(api);
  } catch (error) {
    await end();
    throw error;
  }
  const config = join(folder, 'kubeconfig');
  programs.unshift(
    background(folder, engines.controllerManager, [
      ...['--kubeconfig', config, '--authentication-kubeconfig', config, '--authorization-kubeconfig', config],
      ...['--controllers', 'job-controller,garbage-collector-controller', '--leader-elect=false'],
      ...['--bind-address', '127.0.0.1', '--secure-port', `${managerPort}`, '--cert-dir', join(folder, 'certs')],
    ]),
  );
  return { api, end };
}

/** @param {string} folder @param {string} program @param {readonly string[]} args */
function background(folder, program, args) {
  const log = openSync(join(folder, `${program.split('/').at(-1)}.log`), 'a');
  return spawn('nice', ['-n', '19', program, ...args], { stdio: ['ignore', log, log] });
}

/** @param {import('node:child_process').ChildProcess} program */
async function ended(program) {
  if (program.exitCode !== null) return;
  const isGone = new Promise((resolve) => program.on('exit', resolve));
  program.kill('SIGTERM');
  await isGone;
}

/** @param {Api} api */
async function ready(api) {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await api('GET', '/readyz').catch(() => undefined);
    if (answer === 'ok') return;
    await after(200);
  }
  throw new Error('the API server did not become ready within two minutes');
}

/** @param {number} port @param {string} token @returns {Api} */
function apiOf(port, token) {
  const agent = new Agent({ rejectUnauthorized: false, keepAlive: true }); // its own certificate, on loopback
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/yaml';
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const asked = request({ host: '127.0.0.1', port, method, path, agent, headers }, (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve(text.startsWith('{') ? JSON.parse(text) : text));
      });
      asked.on('error', reject);
      if (body !== undefined) asked.write(typeof body === 'string' ? body : JSON.stringify(body));
      asked.end();
    });
}

/** @param {number} port @param {string} token */
const kubeconfig = (port, token) => `apiVersion: v1
kind: Config
clusters: [{ name: proof, cluster: { server: "https://127.0.0.1:${port}", insecure-skip-tls-verify: true } }]
users: [{ name: proof, user: { token: "${token}" } }]
contexts: [{ name: proof, context: { cluster: proof, user: proof } }]
current-context: proof
`;
