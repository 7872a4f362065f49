// @ts-check
/**
 * The manifests on a real API server: accepted by dry runs, and their Jobs driven by the real Job controller, with pods as
 * processes that end as they are told.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { manifestText } from '#tasks/cluster/kubernetes/manifest';
import { planKubernetes } from '#tasks/cluster/kubernetes/project';
import { readSearchConfig } from '#tasks/search/config/config';
import { plain, plannedCases, writeConfig } from './cases.mjs';
import { startKubelet } from './kubelet.mjs';
import { startServer } from './server.mjs';

/** @typedef {import('./server.mjs').Api} Api */

const port = 26400;
const patienceMs = 180_000;

/**
 * Actions of each attempt of each index: an exit code; `save`, which ends with 75 after SIGTERM; `deaf`, which SIGTERM
 * ends, as before the program listens. The proof deletes pods that wait, as a drained node does.
 *
 * @type {Record<string, { attempts: readonly (readonly (number | 'save' | 'deaf')[])[], deletes: boolean, limit?: number, expected: object }>}
 */
const jobs = {
  interrupted: {
    attempts: [[75, 75, 0], ['save', 0], ['deaf', 0], [6], [0]],
    deletes: true,
    expected: { reason: 'FailedIndexes', completed: '0-2,4', failed: '3', attempts: [3, 2, 2, 1, 1] },
  },
  mistaken: {
    attempts: [['save'], ['save'], [3]],
    deletes: false,
    expected: { reason: 'PodFailurePolicy', completed: '', failed: '', attempts: [1, 1, 1] },
  },
  broken: {
    attempts: [[5], [0]],
    deletes: false,
    limit: 1,
    expected: { reason: 'FailedIndexes', completed: '1', failed: '0', attempts: [2, 1] },
  },
};

/** Returns what is wrong. @param {string} folder @param {string | undefined} definition */
export async function checkController(folder, definition) {
  const { api, end } = await startServer(folder, port);
  try {
    const refused = await dryRuns(api, join(folder, 'cases'), definition);
    return [...refused, ...(await conduct(api, folder))];
  } finally {
    await end();
  }
}

/** @param {Api} api @param {string} folder @param {string | undefined} definition */
async function dryRuns(api, folder, definition) {
  if (definition !== undefined) {
    await api('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', readFileSync(definition, 'utf8'));
    await after(3000); // until the new kind is served
  }
  /** @type {string[]} */
  const wrong = [];
  for (const { name, project } of plannedCases(folder)) {
    const all = [...project.manifests.values()].flat();
    for (const manifest of all) {
      if (manifest.kind === 'MPIJob' && definition === undefined) continue;
      const base = manifest.apiVersion === 'v1' ? '/api/v1' : `/apis/${manifest.apiVersion}`;
      const path = `${base}/namespaces/default/${manifest.kind.toLowerCase()}s?dryRun=All&fieldValidation=Strict`;
      const answer = await api('POST', path, manifestText([manifest], []));
      if (answer.kind !== manifest.kind) wrong.push(`${name}: ${manifest.kind}: ${answer.message ?? answer}`);
    }
    console.log(`controller: dry run of ${name}: ${wrong.length} refused so far`);
  }
  return wrong;
}

/** @param {Api} api @param {string} folder */
async function conduct(api, folder) {
  const home = standIn(folder);
  const stop = startKubelet(api, { folder, home, entrypoint: resolve('container/entrypoint.sh') });
  try {
    const started = performance.now();
    for (const [name, { attempts, limit }] of Object.entries(jobs))
      await submit(api, folder, name, attempts.length, limit);
    const outcomes = await Promise.all(Object.keys(jobs).map((name) => outcomeOf(api, folder, name, started)));
    return outcomes.flat();
  } finally {
    await stop();
  }
}

/** A stand-in for the program, which does what its Job, index and attempt say. @param {string} folder */
function standIn(folder) {
  const home = join(folder, 'home');
  mkdirSync(join(home, 'dist/cli'), { recursive: true });
  for (const name of ['attempts', 'waiting']) mkdirSync(join(folder, name));
  writeFileSync(join(home, 'package.json'), '{}');
  writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
  writeFileSync(
    join(home, 'dist/cli/main.js'),
    `const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { PROOF_FOLDER: folder, JOB_NAME: job, JOB_COMPLETION_INDEX: index } = process.env;
const all = JSON.parse(readFileSync(folder + '/jobs.json', 'utf8'))[job].attempts[index];
const attempt = readdirSync(folder + '/attempts').filter((name) => name.startsWith(job + '.' + index + '.')).length;
const action = all[Math.min(attempt, all.length - 1)];
if (action === 'save') process.on('SIGTERM', () => process.exit(75));
writeFileSync(folder + '/attempts/' + job + '.' + index + '.' + attempt, process.argv.slice(2).join(' '));
if (typeof action === 'number') setTimeout(() => process.exit(action), 1000);
else {
  setTimeout(() => {}, 600_000);
  writeFileSync(folder + '/waiting/' + process.env.PROOF_POD, '');
}
`,
  );
  return home;
}

/** @param {Api} api @param {string} folder @param {string} name @param {number} seeds @param {number | undefined} limit */
async function submit(api, folder, name, seeds, limit) {
  const config = readSearchConfig(writeConfig(join(folder, name)));
  const { manifests } = planKubernetes(config, { ...plain, name, seeds });
  const [map] = manifests.get('10-files.yaml') ?? [];
  const [job] = structuredClone(/** @type {any[]} */ (manifests.get('30-search.yaml')));
  if (limit !== undefined) job.spec.backoffLimitPerIndex = limit;
  await api('POST', '/api/v1/namespaces/default/configmaps', /** @type {object} */ (map));
  const answer = await api(
    'POST',
    '/apis/batch/v1/namespaces/default/jobs?fieldValidation=Strict',
    manifestText([job], []),
  );
  if (answer.kind !== 'Job') throw new Error(`${name}: ${answer.message}`);
}

/** @param {Api} api @param {string} folder @param {string} name @param {number} started */
async function outcomeOf(api, folder, name, started) {
  const { attempts, deletes, expected } = /** @type {typeof jobs[string]} */ (jobs[name]);
  while (performance.now() - started < patienceMs) {
    const { status = {} } = await api('GET', `/apis/batch/v1/namespaces/default/jobs/${name}`);
    const over = status.conditions?.find((/** @type {any} */ { type }) => type === 'Failed' || type === 'Complete');
    if (over !== undefined) {
      const made = readdirSync(join(folder, 'attempts'));
      const counts = attempts.map((_, i) => made.filter((file) => file.startsWith(`${name}.${i}.`)).length);
      const found = {
        reason: over.reason,
        completed: status.completedIndexes ?? '',
        failed: status.failedIndexes ?? '',
        attempts: counts,
      };
      const isRight = JSON.stringify(found) === JSON.stringify(expected);
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(`controller: ${name}: after ${seconds} s ${JSON.stringify(found)}${isRight ? '' : ', WRONG'}`);
      return isRight ? [] : [`${name}: expected ${JSON.stringify(expected)}; got ${JSON.stringify(found)}`];
    }
    if (deletes) await deleteWaiting(api, folder, name);
    await after(300);
  }
  return [`${name}: not over after ${patienceMs / 1000} s`];
}

/**
 * Deletes each pod of a Job whose process waits, as draining a node does.
 *
 * @param {Api} api @param {string} folder @param {string} name
 */
async function deleteWaiting(api, folder, name) {
  const { items } = await api(
    'GET',
    `/api/v1/namespaces/default/pods?labelSelector=batch.kubernetes.io/job-name=${name}`,
  );
  for (const { metadata, status } of items) {
    const waits = existsSync(join(folder, 'waiting', metadata.name));
    if (!waits || status.phase !== 'Running' || metadata.deletionTimestamp !== undefined) continue;
    await api('DELETE', `/api/v1/namespaces/default/pods/${metadata.name}`);
  }
}
