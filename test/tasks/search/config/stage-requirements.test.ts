import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parseOverride } from '#core/documents/overrides';
import { openDistillationSet } from '#data/sets/distillation-set';
import { formatManifest } from '#data/sets/manifest';
import { readSearchConfig } from '#tasks/search/config/config';
import { openStageSet } from '#tasks/search/open';
import { planCoarse } from '#tasks/search/plan';
import { failureOf, newFolder } from '#test/data/fixtures';
import { smallSpace, smallWorld } from '#test/tasks/search/small-world';

const folder = newFolder();

beforeAll(async () => {
  await smallWorld(folder);
  writeFileSync(join(folder, 'hidden.yaml'), smallSpace.replace('hidden: 0', 'hidden: [0, 8]'));
});

function config(...set: string[]) {
  return readSearchConfig(
    join(folder, 'small.yaml'),
    set.map((assignment) => parseOverride(assignment)),
  );
}

function open(...set: string[]) {
  const located = config(...set);
  return openStageSet(planCoarse(located).task, located);
}

it.each(['batch', 'validationBatch'])('a %s of one image is refused if batch norm may see a single value', (key) => {
  const set = `search.${key}=1`;
  const hidden = config(set, 'coarse.space=hidden.yaml');
  expect(failureOf(() => planCoarse(hidden)).message).toBe(
    `--set ${set}: search.${key}: expected 2 images or more, since batch norm in head.hidden sees a single value per channel and image; got 1`,
  );
  expect(() => planCoarse(config(set))).not.toThrow();
});

it.each([
  ['coarse.batch=433', 'coarse.batch: expected at most the 432 train images of patterns; got 433'],
  [
    'coarse.validationBatch=25',
    'coarse.validationBatch: expected at most the 24 validation images of patterns; got 25',
  ],
  [
    'coarse.statisticsBatches=28',
    'coarse.statisticsBatches: expected at most 27, which go over all train images; got 28',
  ],
])('more images than the set holds are refused with --set %s', (set, message) => {
  expect(failureOf(() => open(set)).message).toBe(`--set ${set}: ${message}`);
});

it('a default validation batch may be larger than the validation split', () => {
  const text = ['name: t', 'dataset: { folder: set }', 'cost: [{ cost: macs, target: 12000 }]'];
  writeFileSync(join(folder, 'least.yaml'), [...text, 'coarse: { space: small.coarse.yaml }'].join('\n'));
  const least = readSearchConfig(join(folder, 'least.yaml'));
  expect(planCoarse(least).task.settings.validationBatch).toBe(512);
  expect(() => openStageSet(planCoarse(least).task, least)).not.toThrow();
});

it('hard labels of a set whose blends have only one label are refused with a remedy', async () => {
  const old = await smallWorld(newFolder());
  const { manifest } = openDistillationSet(join(old, 'set'));
  const recipe = { ...manifest.recipe, augment: { mixup: { alpha: 0.2 } } };
  writeFileSync(join(old, 'set', 'manifest.json'), formatManifest({ ...manifest, recipe }));
  const folder = `dataset.folder=${join(old, 'set')}`;
  const failure = failureOf(() => open(folder, 'search.weights.labels=hard'));
  expect([failure.kind, failure.message]).toEqual([
    'config',
    '--set search.weights.labels=hard: search.weights.labels: expected teacher, since patterns was built with mixup by a version that kept one label of each blend; got hard',
  ]);
  expect(failure.remedy).toContain('build the set again');
  expect(() => open(folder)).not.toThrow();
});
