/** `mnv4-nas job k8s`: writes a search as Kubernetes manifests. */
import { InvalidArgumentError } from 'commander';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { overridesOf, setOption } from '#cli/arguments/run-options';
import { configArgument } from '#cli/arguments/search-options';
import { wholeNumber } from '#cli/arguments/whole-number';
import { Failure } from '#core/failure';
import { requireNewFolder, writeFolder } from '#core/files/whole-folder';
import { isObjectName } from '#tasks/cluster/kubernetes/names';
import { kubernetesFiles, planKubernetes } from '#tasks/cluster/kubernetes/project';
import type { KubernetesRequest } from '#tasks/cluster/kubernetes/request';
import { planStages } from '#tasks/project/project';
import { readSearchConfig } from '#tasks/search/config/config';
import type { StagePlan } from '#tasks/search/plan';
import { microBatchesOf, readTrainingRecipe } from '#tasks/training/recipe';
import { seedsOption, targetsOption } from './job-options.js';

const options = [
  { flag: '--image <name>', description: 'the container image that has mnv4-nas (see Dockerfile)', required: true },
  seedsOption,
  targetsOption,
  setOption,
  {
    flag: '--ranks <n>',
    description: 'MPI ranks that share each search, in pods of an MPIJob (needs the Kubeflow MPI operator)',
    parse: wholeNumber(1, 1024),
    default: 1,
  },
  {
    flag: '--schedule <cron>',
    description: 'repeat the search by this schedule, such as "0 3 * * 0"',
    parse: schedule,
  },
  { flag: '--time-zone <name>', description: 'time zone of the schedule, such as Europe/Paris (default: UTC)' },
  { flag: '--parallelism <n>', description: 'pods that run at a time (default: all)', parse: wholeNumber(1, 1e5) },
  { flag: '--cores <n>', description: 'whole cores of each pod or rank', parse: wholeNumber(1, 1024), default: 4 },
  { flag: '--memory <amount>', description: 'memory of each pod or rank', parse: bytes, default: '8Gi' },
  {
    flag: '--grace <seconds>',
    description: 'time from SIGTERM to SIGKILL: a step and a checkpoint must fit',
    parse: wholeNumber(1, 86_400),
    default: 120,
  },
  { flag: '--node-label <key=value>', description: 'use nodes with this label; may be repeated', parse: nodeLabel },
  { flag: '--claim <name>', description: 'the persistent volume claim to use (default: write a new one)' },
  { flag: '--storage <amount>', description: 'size of the new volume', parse: bytes, default: '50Gi' },
  { flag: '--storage-class <name>', description: "class of the new volume, for many writers (default: the cluster's)" },
  { flag: '--name <name>', description: "name of the objects (default: from the config's)", parse: givenName },
  { flag: '--to <folder>', description: 'the new folder to write (default: NAME-k8s)' },
  jsonOption,
] as const satisfies readonly OptionSpec[];

type Options = OptionsOf<typeof options>;

export const jobK8s = defineCommand({
  description:
    'write a search for Kubernetes: a folder of manifests, one indexed Job over all seeds and targets, and a script that submits them; docs/clusters-kubernetes.md explains them',
  arguments: [configArgument],
  options,
  examples: [
    'mnv4-nas job k8s configs/cifar10.yaml --image registry.example/mnv4-nas:1 --seeds 5',
    'mnv4-nas job k8s configs/cifar10.yaml --image mnv4-nas --schedule "0 3 * * 0"',
  ],
  run([file], options) {
    const config = readSearchConfig(file, overridesOf({ set: options.set }));
    const { train } = config.config;
    const stages = planStages(config); // mistakes are told now
    const recipe = train && readTrainingRecipe(config.path(train.recipe));
    requireWorkFor(options.ranks, stages);
    const training = Math.min(options.ranks, recipe === undefined ? 1 : microBatchesOf(recipe));
    const project = planKubernetes(config, requestOf(options, { stages: options.ranks, training }));
    for (const { seed, settings } of project.searches) {
      if (seed === config.config.seed) planStages(readSearchConfig(file, overridesOf({ set: settings })));
    }
    const folder = options.to ?? `${project.name}-k8s`;
    requireNewFolder(folder, '--to');
    const files = kubernetesFiles(project);
    writeFolder(folder, files);
    const runs = project.searches.map(({ id }) => id);
    const names = files.map(({ name }) => name);
    return {
      json: { name: project.name, folder, files: names, searches: runs },
      text: () => `${runs.length} searches in ${folder}: ${names.join(', ')}\nsubmit them: sh ${folder}/apply.sh`,
    };
  },
});

/** Refuses more ranks than a step of a stage has architectures for. */
function requireWorkFor(ranks: number, stages: readonly StagePlan[]): void {
  const samples = Math.min(...stages.map(({ task }) => task.settings.samplesPerStep));
  if (ranks <= samples) return;
  const remedy = 'raise samplesPerStep, or use fewer ranks';
  throw new Failure('usage', `--ranks: expected at most ${samples}, the samplesPerStep; got ${ranks}`, remedy);
}

function requestOf(options: Options, ranks: KubernetesRequest['ranks']): KubernetesRequest {
  const { set = [], schedule: cron, timeZone, storage, storageClass, cores, grace, nodeLabel = {}, ...same } = options;
  const { name, seeds, targets, image, claim, memory, parallelism } = same;
  if (cron !== undefined && ranks.stages > 1) {
    throw new Failure('usage', '--schedule: expected a search of one rank; got --ranks too', 'leave one of them out');
  }
  if (cron === undefined && timeZone !== undefined) {
    throw new Failure('usage', '--time-zone: expected --schedule with it; got none', 'give the schedule');
  }
  return {
    ...{ name, seeds, targets, image, claim, memory, parallelism, ranks, cores },
    settings: set,
    storage: { size: storage, storageClass },
    graceSeconds: grace,
    nodeLabels: nodeLabel,
    schedule: cron === undefined ? undefined : { cron, timeZone },
  };
}

function bytes(text: string): string {
  if (/^[1-9]\d*(Ki|Mi|Gi|Ti|k|M|G|T)?$/.test(text)) return text;
  throw new InvalidArgumentError('expected an amount of bytes such as 8Gi or 500M');
}

function schedule(text: string): string {
  if (/^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|\S+( +\S+){4})$/.test(text)) return text;
  throw new InvalidArgumentError('expected a cron schedule of five fields, such as "0 3 * * 0", or @daily');
}

function nodeLabel(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, key, value] = /^((?:[a-z0-9.-]+\/)?[\w.-]{1,63})=([\w.-]{0,63})$/.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError('expected KEY=VALUE of letters, digits, dots, underscores and hyphens');
  }
  return { ...before, [key]: value };
}

function givenName(text: string): string {
  if (isObjectName(text)) return text;
  throw new InvalidArgumentError(
    'expected at most 40 lower-case letters, digits and hyphens that start with a letter and do not end with a hyphen',
  );
}
