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
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missing } from './k8s/engines.mjs';

/** @type {Record<string, { needs: Parameters<typeof missing>[0], run: (folder: string) => Promise<string[]> }>} */
const parts = {
  manifests: {
    needs: ['manifestCheck'],
    run: async (folder) => (await import('./k8s/manifests.mjs')).checkManifests(folder, values['mpi-crd']),
  },
  controller: {
    needs: ['apiServer', 'controllerManager', 'etcd'],
    run: async (folder) => (await import('./k8s/controller.mjs')).checkController(folder, values['mpi-crd']),
  },
  container: {
    needs: ['tini'],
    run: async (folder) => (await import('./k8s/container.mjs')).checkContainer(folder),
  },
};
const { values, positionals } = parseArgs({ options: { 'mpi-crd': { type: 'string' } }, allowPositionals: true });
const chosen = positionals.length === 0 ? Object.keys(parts) : positionals;

for (const name of chosen) {
  const part = parts[name];
  if (part === undefined) throw new Error(`expected ${Object.keys(parts).join(', ')}; got ${name}`);
  const lacking = missing(part.needs);
  if (lacking.length > 0) {
    console.log(`${name}: not run: ${lacking.join(', ')} missing; run \`npm run proof:k8s:install\``);
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
if (values['mpi-crd'] === undefined && chosen.includes('manifests')) {
  console.log('manifests: of MPIJobs only the pods were checked; --mpi-crd FILE checks the rest');
}
