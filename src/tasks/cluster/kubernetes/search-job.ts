/** The Jobs that prepare a set and run the searches of a project. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { sourceOfKind } from '#data/images/source-schema';
import { referencesOf } from '#data/sets/set-reference';
import type { Cell } from '#tasks/cluster/job-plan';
import { readBuildRecipe } from '#tasks/distill/build-recipe';
import type { LocatedConfig } from '#tasks/search/config/config';
import { podFailurePolicy, singlePodFailurePolicy } from './exit-policy.js';
import type { Manifest } from './manifest.js';
import { type Container, type PodSettings, places, podTemplate } from './pod.js';
import type { KubernetesRequest } from './request.js';

const retries = 3; // failures of an index that count, such as lack of memory, before it is given up

/**
 * The arguments of each search, one list per index. `mnv4-nas search` runs both stages and the training one after the
 * other in one pod, since Kubernetes has no dependent Jobs; what is done is skipped when the pod is started again.
 */
export function searchArguments(cells: readonly Cell[], configPath: string): string[][] {
  return cells.map(({ id, seed, settings }) => [
    ...['search', configPath, '--run-id', id, '--seed', `${seed}`],
    ...settings.flatMap((setting) => ['--set', setting]),
  ]);
}

/** The search as an indexed Job or, with a schedule, a CronJob whose every Job has its runs in a separate folder. */
export function searchJob(
  { config: { export: exports } }: LocatedConfig,
  name: string,
  searches: number,
  settings: PodSettings,
  { parallelism = searches, schedule }: KubernetesRequest,
): Manifest {
  const runs = schedule === undefined ? places.runs : `${places.runs}/$(JOB_NAME)`;
  const exported = `export.folder=${places.exports}/$(JOB_NAME)/$(JOB_COMPLETION_INDEX)`;
  const search: Container = {
    name: 'search',
    arguments: [
      ...['indexed', `${places.config}/jobs`, '--root', runs],
      ...(exports === undefined ? [] : ['--set', exported]),
    ],
    environment: { JOB_NAME: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } },
  };
  const metadata = { name, labels: settings.labels };
  const spec = {
    completions: searches,
    parallelism: Math.min(parallelism, searches),
    completionMode: 'Indexed',
    backoffLimitPerIndex: retries,
    podReplacementPolicy: 'Failed', // a run admits one process
    podFailurePolicy,
    template: podTemplate(settings, [search], { restartPolicy: 'Never' }),
  };
  if (schedule === undefined) return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: {
      schedule: schedule.cron,
      ...(schedule.timeZone === undefined ? {} : { timeZone: schedule.timeZone }),
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      jobTemplate: { metadata: { labels: settings.labels }, spec },
    },
  };
}

/** The Job that builds the distillation sets of a config before its searches; undefined if it names them by folder. */
export function prepareJob(
  config: LocatedConfig,
  pathOf: (file: string) => string,
  name: string,
  settings: PodSettings,
): Manifest | undefined {
  const commands = preparations(config, pathOf);
  if (commands.length === 0) return undefined;
  const containers = commands.map((args, i) => ({ name: `step-${i + 1}`, arguments: args }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${name}-prepare`, labels: settings.labels },
    spec: {
      backoffLimit: retries,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: singlePodFailurePolicy,
      template: podTemplate(settings, containers, { restartPolicy: 'Never' }),
    },
  };
}

/** The commands that fetch the images and build the sets of a config, in order. */
function preparations({ config: { dataset }, path }: LocatedConfig, pathOf: (file: string) => string): string[][] {
  return referencesOf(dataset).flatMap((reference) => {
    if (!('recipe' in reference)) return [];
    const file = path(reference.recipe);
    if (isAbsolute(reference.recipe) && !existsSync(file)) return []; // on the volume, and built by hand
    const source = sourceOfKind(readBuildRecipe(file).source);
    const build = ['dataset', 'build', pathOf(file)];
    const isFetched = source.kind === 'known' && source.folder === undefined;
    return isFetched ? [['dataset', 'fetch', source.dataset], build] : [build];
  });
}
