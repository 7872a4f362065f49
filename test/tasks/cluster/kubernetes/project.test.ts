import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubernetesFiles, planKubernetes } from '#tasks/cluster/kubernetes/project';
import type { KubernetesRequest } from '#tasks/cluster/kubernetes/request';
import { readSearchConfig } from '#tasks/search/config/config';
import { newFolder } from '#test/data/fixtures';

const request: KubernetesRequest = {
  ...{ name: undefined, seeds: 1, targets: [], settings: [], image: 'registry/mnv4-nas:1', claim: undefined },
  ...{ storage: { size: '50Gi', storageClass: undefined }, cores: 4, memory: '8Gi', graceSeconds: 90, nodeLabels: {} },
  ...{ parallelism: undefined, schedule: undefined, ranks: { stages: 1, training: 1 } },
};
const searchText = `
name: Small_search
seed: 3
dataset: { recipe: ../recipes/small.dataset.yaml }
cost: [{ cost: latency, device: own.yaml, targetMs: 1 }]
coarse: { space: tiny.coarse }
fine: { refine: uib }
`;
const recipeText = `
name: small
source: { dataset: fashion-mnist }
validation: 10
teacher: [{ network: teacher.yaml, training: small.train.yaml }]
`;

/** A folder with a config, a recipe next to its folder, and a device with a table. */
function configIn(text = searchText, recipe = recipeText) {
  const folder = newFolder();
  for (const name of ['configs', 'recipes']) mkdirSync(join(folder, name));
  const files = {
    'configs/small.yaml': text,
    'configs/own.yaml': 'table: own.csv\n',
    'configs/own.csv': 'layer,ms\n',
    'recipes/small.dataset.yaml': recipe,
    'recipes/teacher.yaml': 'name: teacher\n',
    'recipes/small.train.yaml': 'epochs: 1\n',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return readSearchConfig(join(folder, 'configs/small.yaml'));
}

const planned = (changes: Partial<KubernetesRequest> = {}, config = configIn()) =>
  planKubernetes(config, { ...request, ...changes });

/** The manifests of a plan as they are read, by kind; a kind that occurs several times gives its last. */
function read(changes: Partial<KubernetesRequest> = {}, config = configIn()) {
  const files = kubernetesFiles(planned(changes, config)).filter(({ name }) => name.endsWith('.yaml'));
  const documents = files.flatMap(({ content }) => parseAllDocuments(content as string, { version: '1.1' }));
  // biome-ignore lint/suspicious/noExplicitAny: manifests are read as their users do
  return Object.fromEntries(documents.map((document) => document.toJS()).map((one: any) => [one.kind, one]));
}

describe('a search on Kubernetes', () => {
  it('is one indexed Job over seeds and targets, whose index selects the arguments in a file', () => {
    const { Job: job, ConfigMap: map } = read({ seeds: 2, targets: [1, 2], settings: ['search.batch=8'] });
    expect(job.metadata.name).toBe('small-search');
    expect(job.spec).toMatchObject({ completions: 4, parallelism: 4, completionMode: 'Indexed' });
    const [container] = job.spec.template.spec.containers;
    expect(container.args).toEqual(['indexed', '/etc/mnv4-nas/jobs', '--root', '/data/runs']);
    expect(map.data['job-2'].split('\n').join(' ')).toBe(
      'search /etc/mnv4-nas/files/configs/small.yaml --run-id Small_search-seed-4-target-1 --seed 4 --set search.batch=8 --set cost[0].targetMs=1 ',
    );
    const { configMap } = job.spec.template.spec.volumes.find(({ name }: { name: string }) => name === 'config');
    expect(configMap).toEqual({
      name: map.metadata.name,
      items: expect.arrayContaining([{ key: 'job-2', path: 'jobs/2' }]),
    });
  });

  it('ends at once on a mistake in the files, gives up one search that missed its target, and retries interruptions', () => {
    const { rules } = read()['Job'].spec.podFailurePolicy;
    const actionOf = (code: number) =>
      // biome-ignore lint/suspicious/noExplicitAny: manifests are read as their users do
      rules.find(({ onExitCodes }: any) => onExitCodes?.values.includes(code))?.action ?? 'Count';
    const actions = [1, 2, 3, 4, 5, 6, 75, 130, 137, 143].map((code) => [code, actionOf(code)]);
    expect(Object.fromEntries(actions)).toEqual({
      ...{ 1: 'Count', 2: 'FailJob', 3: 'FailJob', 4: 'Count', 5: 'Count', 6: 'FailIndex', 75: 'Ignore' },
      ...{ 130: 'Count', 137: 'Count', 143: 'Ignore' },
    });
  });

  it('runs without privileges, service token and writable root file system, with time to save its state', () => {
    const { spec } = read()['Job'].spec.template;
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 90,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(spec.containers[0].resources.limits).toEqual({ cpu: '4', memory: '8Gi' });
  });

  it('brings all files that the config names to the same places relative to it', () => {
    const { Job: job, ConfigMap: map } = read();
    const { items } = job.spec.template.spec.volumes[1].configMap;
    const texts = Object.fromEntries(
      items.map(({ key, path }: { key: string; path: string }) => [path, map.data[key]]),
    );
    expect(texts).toMatchObject({
      'files/configs/small.yaml': searchText,
      'files/configs/own.csv': 'layer,ms\n',
      'files/recipes/small.dataset.yaml': recipeText,
      'files/recipes/teacher.yaml': 'name: teacher\n',
      'files/recipes/small.train.yaml': 'epochs: 1\n',
    });
    expect(map.immutable).toBe(true);
  });

  it('fetches the images and builds the set first, in containers of one pod', () => {
    const [prepare] = planned().manifests.get('20-prepare.yaml') ?? [];
    expect(prepare?.spec).toMatchObject({
      template: {
        spec: {
          initContainers: [{ args: ['dataset', 'fetch', 'fashion-mnist'] }],
          containers: [{ args: ['dataset', 'build', '/etc/mnv4-nas/files/recipes/small.dataset.yaml'] }],
        },
      },
    });
  });

  it('prepares nothing where the config names a set on the volume', () => {
    const config = configIn(searchText.replace('recipe: ../recipes/small.dataset.yaml', 'folder: /data/sets/small'));
    expect([...planned({ claim: 'shared' }, config).manifests.keys()]).toEqual(['10-files.yaml', '30-search.yaml']);
  });

  it('refuses images by a path that only this machine has', () => {
    const config = configIn(searchText, recipeText.replace('dataset: fashion-mnist', 'folder: ../photos'));
    expect(() => planned({}, config)).toThrow(
      /small.dataset.yaml:3:19: source.folder: expected an absolute path on the volume of the pods; got \.\.\/photos/,
    );
  });

  it('refuses more files than a ConfigMap holds, and an argument of two lines', () => {
    const config = configIn(`${searchText}${'# long comment\n'.repeat(1e4)}`);
    writeFileSync(join(config.path('.'), 'own.csv'), 'x'.repeat(1e6));
    expect(() => planned({}, config)).toThrow(/expected at most 1048576 bytes in all files that it names/);
    expect(() => planned({ settings: ['a=1\nb'] })).toThrow(/--set: expected a single line; got "a=1\\nb"/);
  });

  it('is a CronJob with a schedule, whose every Job has its own folder of runs and exports', () => {
    const schedule = { cron: '0 3 * * 0', timeZone: 'Europe/Paris' };
    const { CronJob: cron } = read(
      { schedule },
      configIn(`${searchText}train: { recipe: ../recipes/small.train.yaml }
export: { to: [onnx], folder: exports }
`),
    );
    expect(cron.spec).toMatchObject({ schedule: '0 3 * * 0', timeZone: 'Europe/Paris', concurrencyPolicy: 'Forbid' });
    const { template } = cron.spec.jobTemplate.spec;
    expect(template.spec.containers[0].args.slice(2)).toEqual([
      ...['--root', '/data/runs/$(JOB_NAME)'],
      ...['--set', 'export.folder=/data/exports/$(JOB_NAME)/$(JOB_COMPLETION_INDEX)'],
    ]);
  });

  it('is an MPIJob for each seed and target with several ranks, which runs the stages in turn', () => {
    const [, second, ...others] =
      planned({ ranks: { stages: 4, training: 2 }, seeds: 2 }).manifests.get('30-search.yaml') ?? [];
    expect(others).toEqual([]);
    expect(second).toMatchObject({
      apiVersion: 'kubeflow.org/v2beta1',
      metadata: { name: 'small-search-1' },
      spec: {
        mpiReplicaSpecs: {
          Launcher: {
            template: {
              spec: { containers: [{ args: ['ranks', '4', '/etc/mnv4-nas/jobs/1-0', '/etc/mnv4-nas/jobs/1-1'] }] },
            },
          },
          Worker: { replicas: 4, template: { spec: { containers: [{ args: ['rank-host'] }] } } },
        },
      },
    });
  });
});
