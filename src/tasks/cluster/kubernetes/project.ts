/** A search as a folder of Kubernetes manifests, with a script that submits them in order. */
import { dirname, posix, relative, resolve, sep } from 'node:path';
import type { FileContent } from '#core/files/whole-folder';
import { type Cell, cellsOf, type JobRequest, planJobs } from '#tasks/cluster/job-plan';
import type { LocatedConfig } from '#tasks/search/config/config';
import { applyScript } from './apply-script.js';
import { type ConfigFiles, configFiles } from './config-files.js';
import { type ConfigEntry, configEntries, configMap } from './config-map.js';
import { type Manifest, manifestText, prepareFile } from './manifest.js';
import { mpiJobs, rankArguments } from './mpi-job.js';
import { objectName } from './names.js';
import { type PodSettings, places } from './pod.js';
import type { KubernetesRequest } from './request.js';
import { prepareJob, searchArguments, searchJob } from './search-job.js';

export interface KubernetesProject {
  readonly name: string;
  readonly searches: readonly Cell[];
  /** The manifests by the name of their file, in the order in which they are submitted. */
  readonly manifests: ReadonlyMap<string, readonly Manifest[]>;
}

/** Plans the manifests of a search; the same config and request give the same manifests. */
export function planKubernetes(config: LocatedConfig, request: KubernetesRequest): KubernetesProject {
  const name = request.name ?? objectName(config.config.name);
  const collected = configFiles(config);
  const base = baseOf(config, collected);
  const pathOf = (file: string) => `${places.config}/files/${relative(base, file).split(sep).join(posix.sep)}`;
  const jobs = jobRequest(config, request, pathOf);
  const searches = cellsOf(config, jobs);
  const plan = request.ranks.stages > 1 ? planJobs(config, jobs) : undefined;
  const lists =
    plan === undefined
      ? new Map(searchArguments(searches, jobs.places.config).map((args, i) => [`${i}`, args] as const))
      : rankArguments(plan);
  const entries = configEntries(collected, lists);
  const settings = podSettings(name, request, entries);
  const prepare = prepareJob(config, pathOf, name, settings);
  const work =
    plan === undefined
      ? [searchJob(config, name, searches.length, settings, request)]
      : mpiJobs(plan, name, request.ranks.stages, settings);
  const manifests = new Map<string, readonly Manifest[]>([
    ...(request.claim === undefined ? ([['00-storage.yaml', [claim(settings, request)]]] as const) : []),
    ['10-files.yaml', [configMap(settings.configMap, settings.labels, entries)]],
    ...(prepare === undefined ? [] : ([[prepareFile, [prepare]]] as const)),
    ['30-search.yaml', work],
  ]);
  return { name, searches, manifests };
}

/** The files of a project: its manifests and `apply.sh`. */
export function kubernetesFiles({ name, manifests }: KubernetesProject): FileContent[] {
  const files = [...manifests].map(([file, contents]) => ({
    name: file,
    content: manifestText(contents, [`${name}, written by mnv4-nas job k8s`]),
  }));
  return [...files, { name: 'apply.sh', content: applyScript(name, [...manifests.keys()]) }];
}

/** The folder that holds all files of a config. */
function baseOf({ file }: LocatedConfig, { config }: ConfigFiles): string {
  return config.split('/').reduce((folder) => dirname(folder), resolve(file));
}

function jobRequest(config: LocatedConfig, request: KubernetesRequest, pathOf: (file: string) => string): JobRequest {
  const { seeds, targets, settings, cores, ranks } = request;
  const { train } = config.config;
  const stage = { count: ranks.stages, threads: cores };
  return {
    seeds,
    targets,
    settings,
    places: {
      config: pathOf(resolve(config.file)),
      root: places.runs,
      recipe: train === undefined ? undefined : pathOf(config.path(train.recipe)),
    },
    workers: { coarse: stage, fine: stage, train: { ...stage, count: ranks.training } },
  };
}

function podSettings(name: string, request: KubernetesRequest, entries: readonly ConfigEntry[]): PodSettings {
  const { image, cores, memory, graceSeconds, nodeLabels } = request;
  return {
    ...{ image, cores, memory, graceSeconds, nodeLabels },
    claim: request.claim ?? `${name}-data`,
    configMap: `${name}-files`,
    configPaths: new Map(entries.map(({ path, key }) => [path, key])),
    labels: { 'app.kubernetes.io/name': 'mnv4-nas', 'app.kubernetes.io/instance': name },
  };
}

function claim({ claim: name, labels }: PodSettings, { storage }: KubernetesRequest): Manifest {
  const { size, storageClass } = storage;
  const spec = {
    accessModes: ['ReadWriteMany'], // pods on several nodes write runs
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, labels }, spec };
}
