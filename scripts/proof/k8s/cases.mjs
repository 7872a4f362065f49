// @ts-check
/** Searches whose manifests the proof checks, with names and values that readers of YAML like to mistake. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planKubernetes } from '#tasks/cluster/kubernetes/project';
import { readSearchConfig } from '#tasks/search/config/config';

/** @typedef {import('#tasks/cluster/kubernetes/request').KubernetesRequest} Request */
/** @typedef {import('#tasks/cluster/kubernetes/manifest').Manifest} Manifest */

/** @type {Request} */
export const plain = {
  ...{ name: undefined, seeds: 1, targets: [], settings: [], image: 'example.org/mnv4-nas:1', claim: undefined },
  ...{ storage: { size: '50Gi', storageClass: undefined }, cores: 4, memory: '8Gi', graceSeconds: 120, nodeLabels: {} },
  ...{ parallelism: undefined, schedule: undefined, ranks: { stages: 1, training: 1 } },
};
const schedule = { cron: '0 3 * * 0', timeZone: 'Europe/Paris' };
const mistakable = ['on', 'y', '1e3', '1_000', '0o17', '0x1F', 'null', '1.5', '2026-01-31', 'e0', ''];
const nodeLabels = Object.fromEntries([
  ...mistakable.map((text, i) => [`example.org/label-${i}`, text]),
  ['on', 'off'],
]);

/** @type {readonly (readonly [string, Partial<Request>])[]} */
const requests = [
  ['one search', {}],
  ['12 searches, 4 at a time', { seeds: 3, targets: [0.05, 0.08, 0.1, 0.2], parallelism: 4 }],
  ['an existing claim and a storage class', { claim: '1e3', storage: { size: '1Ti', storageClass: 'on' } }],
  [
    'mistakable strings',
    { name: 'on', nodeLabels, settings: ['name=12:30:00', 'fine.warmStart=on', 'a=1_000', 'b=\u2028'] },
  ],
  ['a schedule', { schedule, seeds: 2 }],
  ['a schedule without a time zone', { schedule: { cron: '@daily', timeZone: undefined }, claim: 'shared' }],
  ['4 ranks', { ranks: { stages: 4, training: 2 }, seeds: 2 }],
  ['the longest name', { name: `${'x'.repeat(39)}y`, seeds: 1000, schedule }],
  ['the longest name, 1,000 ranks', { name: `${'x'.repeat(39)}y`, ranks: { stages: 1000, training: 1 } }],
];

/**
 * Plans the manifests of every case on a small config with a recipe, whose name YAML 1.1 takes for a time.
 *
 * @param {string} folder  for the config
 */
export function plannedCases(folder) {
  const config = readSearchConfig(writeConfig(folder));
  return requests.map(([name, changes]) => ({ name, project: planKubernetes(config, { ...plain, ...changes }) }));
}

/** @param {string} folder */
export function writeConfig(folder) {
  mkdirSync(join(folder, 'configs'), { recursive: true });
  const texts = {
    'configs/12_30.yaml': `name: "12_30"
dataset: { recipe: 1e3.dataset.yaml }
cost: [{ cost: latency, device: pixel-6-cpu, targetMs: 0.1 }]
coarse: { space: tiny.coarse }
fine: { refine: uib }
train: { recipe: on.train.yaml }
export: { to: [onnx], folder: exports }
`,
    'configs/1e3.dataset.yaml': `name: "1e3"
source: { dataset: fashion-mnist }
validation: 10
teacher: [{ network: /data/teacher.yaml, weights: /data/teacher.safetensors }]
`,
    'configs/on.train.yaml': 'name: "on" # ü, \u2028 and \ufeff in a comment\n',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return join(folder, 'configs/12_30.yaml');
}

/** @typedef {(manifest: any) => void} Spoil */

/** Mistakes that the check must refuse in the first case's Job; each changes a copy of it. @type {readonly (readonly [string, Spoil])[]} */
export const mistakes = [
  [
    'a restart policy that excludes the failure policy',
    ({ spec }) => Object.assign(spec.template.spec, { restartPolicy: 'OnFailure' }),
  ],
  ['FailIndex without a limit per index', ({ spec }) => delete spec.backoffLimitPerIndex],
  ['another replacement policy', ({ spec }) => Object.assign(spec, { podReplacementPolicy: 'TerminatingOrFailed' })],
  ['exit code 0 in a rule', ({ spec }) => spec.podFailurePolicy.rules[0].onExitCodes.values.unshift(0)],
  ['exit codes out of order', ({ spec }) => spec.podFailurePolicy.rules[0].onExitCodes.values.reverse()],
  ['an unknown key', ({ spec }) => Object.assign(spec.template.spec, { terminationGraceSeconds: 1 })],
  ['a volume that is not there', ({ spec }) => spec.template.spec.volumes.shift()],
  [
    'a truth value in place of a text',
    ({ spec }) => Object.assign(spec.template.spec.containers[0].env[0], { value: true }),
  ],
  [
    'more memory requested than allowed',
    ({ spec }) => Object.assign(spec.template.spec.containers[0].resources, { requests: { memory: '9Gi' } }),
  ],
];
