// @ts-check
/**
 * A kubelet for one process per pod: binds pods to a node that does not exist, runs the image's entry point with the
 * container's arguments and the files of its ConfigMap, sends SIGTERM when a pod is deleted, and reports exit codes.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

/** @typedef {import('./server.mjs').Api} Api */

const pods = '/api/v1/namespaces/default/pods';

/**
 * Starts the kubelet; returns a function that stops it and its processes.
 *
 * @param {Api} api
 * @param {{ folder: string, entrypoint: string, home: string }} places  for files; the entry point; MNV4_HOME
 */
export function startKubelet(api, places) {
  /** @type {Map<string, import('node:child_process').ChildProcess>} */
  const running = new Map();
  let isOn = true;
  const loop = (async () => {
    while (isOn) {
      const { items } = await api('GET', pods);
      for (const pod of items ?? []) await attend(pod);
      await after(100);
    }
  })();

  /** @param {any} pod */
  async function attend(pod) {
    const { uid, name, deletionTimestamp, deletionGracePeriodSeconds: grace } = pod.metadata;
    const process = running.get(uid);
    const hasEnded = ['Succeeded', 'Failed'].includes(pod.status?.phase);
    if (deletionTimestamp !== undefined) {
      if (process === undefined && !hasEnded) await report(pod, 'Failed', { waiting: {} }); // it never started
      if (process === undefined || hasEnded) await api('DELETE', `${pods}/${name}?gracePeriodSeconds=0`);
      else if (process.exitCode === null && !process.killed) {
        process.kill('SIGTERM');
        setTimeout(() => process.kill('SIGKILL'), 1000 * grace).unref();
      }
    } else if (process === undefined && !hasEnded) await start(pod);
  }

  /** @param {any} pod */
  async function start(pod) {
    const { name, uid } = pod.metadata;
    if (pod.spec.nodeName === undefined) {
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { kind: 'Node', name: 'proof' },
      };
      await api('POST', `${pods}/${name}/binding`, binding);
      return;
    }
    const [container] = pod.spec.containers;
    const config = await filesOf(pod);
    const args = container.args.map((/** @type {string} */ text) => text.replace('/etc/mnv4-nas', config));
    const env = {
      PATH: process.env['PATH'],
      MNV4_HOME: places.home,
      PROOF_FOLDER: places.folder,
      PROOF_POD: name,
      ...environment(pod, container),
    };
    const child = spawn(places.entrypoint, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    running.set(uid, child);
    await report(pod, 'Running', { running: { startedAt: new Date().toISOString() } });
    child.on('exit', async (code, signal) => {
      const exitCode = code ?? (signal === 'SIGTERM' ? 143 : 137);
      const state = { terminated: { exitCode, finishedAt: new Date().toISOString(), containerID: `proof://${uid}` } };
      await report(pod, exitCode === 0 ? 'Succeeded' : 'Failed', state);
    });
  }

  /** @param {any} pod */
  async function filesOf(pod) {
    const { configMap } = pod.spec.volumes.find((/** @type {any} */ { name }) => name === 'config');
    const { data } = await api('GET', `/api/v1/namespaces/default/configmaps/${configMap.name}`);
    const folder = join(places.folder, 'volumes', pod.metadata.uid);
    for (const { key, path } of configMap.items) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), data[key]);
    }
    return folder;
  }

  /** @param {any} pod @param {string} phase @param {object} state */
  function report({ metadata, spec }, phase, state) {
    const container = {
      name: spec.containers[0].name,
      image: 'proof',
      imageID: '',
      ready: phase === 'Running',
      restartCount: 0,
      state,
    };
    return api('PATCH', `${pods}/${metadata.name}/status`, { status: { phase, containerStatuses: [container] } });
  }

  return async () => {
    isOn = false;
    await loop;
    for (const process of running.values()) if (process.exitCode === null) process.kill('SIGKILL');
  };
}

/** @param {any} pod @param {any} container */
function environment({ metadata }, { env }) {
  const entries = env.map((/** @type {any} */ { name, value, valueFrom }) => {
    const [, kind, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(valueFrom?.fieldRef?.fieldPath ?? '') ?? [];
    return [name, kind === undefined ? value : metadata[kind]?.[/** @type {string} */ (key)]];
  });
  return Object.fromEntries(entries);
}
