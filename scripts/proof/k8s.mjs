#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:k8s [-- PART...]`: proves what `mnv4-nas job k8s` writes against Kubernetes itself, in three parts.
 *
 * - `manifests`: the API server's decoding and validation accept every manifest, and read every string as it was meant.
 * - `controller`: a real API server and Job controller act on the exit codes 75, 143, 3, 6 and 5 as intended, with pods
 *   run as local processes by the image's entry point.
 * - `container`: the image's content runs as it does in a pod: another user, a read-only root file system, no network, no
 *   tools, tini as process 1, SIGTERM with a grace period (root and unshare needed).
 *
 * Needs `npm run proof:k8s:install`. `--mpi-crd FILE` names the MPI operator's custom resource definition, against which
 * MPIJobs are checked too; without it only their pods are. Exits with 1 if something is wrong, with 5 if a part could not
 * run.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtSetFolder } from '#data/sets/built-set';
import { missing } from './k8s/engines.mjs';

/**
 * @typedef {object} Part
 * @property {Parameters<typeof missing>[0]} needs
 * @property {() => string | undefined} [obstacle]  why it cannot run here
 * @property {(folder: string) => Promise<string[]>} run  returns what is wrong
 */

/** @type {Record<string, Part>} */
const parts = {
  manifests: {
    needs: ['manifestCheck'],
    run: async (folder) => {
      const { checkManifests } = await import('./k8s/manifests.mjs');
      const wrong = checkManifests(folder, values['mpi-crd']);
      if (values['mpi-crd'] === undefined) {
        console.log('manifests: of MPIJobs only the pods were checked; --mpi-crd FILE checks the rest');
      }
      return wrong;
    },
  },
  controller: {
    needs: ['apiServer', 'controllerManager', 'etcd'],
    run: async (folder) => (await import('./k8s/controller.mjs')).checkController(folder, values['mpi-crd']),
  },
  container: {
    needs: ['tini'],
    obstacle: () => {
      if (process.getuid?.() !== 0) return 'it makes namespaces and mounts, which root may';
      const set = builtSetFolder('configs/recipes/quickstart.dataset.yaml');
      return existsSync(set) ? undefined : 'it uses the set of the quickstart; run `npm run quickstart`';
    },
    run: async (folder) => (await import('./k8s/container.mjs')).checkContainer(folder),
  },
};
const { values, positionals } = parseArgs({ options: { 'mpi-crd': { type: 'string' } }, allowPositionals: true });
const chosen = positionals.length === 0 ? Object.keys(parts) : positionals;

for (const name of chosen) {
  const part = parts[name];
  if (part === undefined) throw new Error(`expected ${Object.keys(parts).join(', ')}; got ${name}`);
  const lacking = missing(part.needs).join(', ');
  const obstacle = lacking === '' ? part.obstacle?.() : `${lacking} missing; run \`npm run proof:k8s:install\``;
  if (obstacle !== undefined) {
    console.log(`${name}: not run: ${obstacle}`);
    process.exitCode ??= 5;
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-k8s-'));
  try {
    const wrong = await part.run(folder);
    for (const text of wrong) console.log(`${name}: WRONG: ${text}`);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
