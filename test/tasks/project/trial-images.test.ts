import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { openDistillationSet, readShard } from '#data/sets/distillation-set';
import { formatManifest, type ShardEntry } from '#data/sets/manifest';
import { trialImages } from '#tasks/project/trial-images';
import { failureOfAsync, newFolder } from '#test/data/fixtures';
import { smallWorld } from '#test/tasks/search/small-world';
import { smallNetwork } from '#test/tasks/training/small-network';

const tested = 36; // images of the small world's test split
let folder = '';
let pixels = new Uint8Array();

beforeAll(async () => {
  folder = join(await smallWorld(newFolder()), 'set');
  const set = openDistillationSet(folder);
  const { shards, layout } = set.split('test');
  pixels = readShard(folder, shards[0] as ShardEntry, layout).images.slice();
});

it.each([
  [undefined, 16, 16],
  [1, 16, 1],
  [5, 15, 5],
  [12, 12, 12],
  [17, 17, 17],
  [36, 36, 36],
])('with a batch of %s an export is checked on %i test images', async (batch, n, each) => {
  const { images, from } = await trialImages(smallNetwork(), undefined, { folder }, batch);
  expect([images.n, images.batch, from]).toEqual([n, each, 'test images of patterns']);
  expect([...images.images]).toEqual([...pixels.subarray(0, 64 * n)]);
});

it.each([37, 64, 500, 1000])('a batch of %i is filled with repeated test images', async (batch) => {
  const { images, from } = await trialImages(smallNetwork(), undefined, { folder }, batch);
  expect([images.n, images.batch, from]).toEqual([batch, batch, 'test images of patterns, all 36 repeated']);
  for (const i of [0, 35, 36, batch - 1]) {
    const own = images.images.subarray(64 * i, 64 * (i + 1));
    expect([...own]).toEqual([...pixels.subarray(64 * (i % tested), 64 * ((i % tested) + 1))]);
  }
});

it('random images fill any batch', async () => {
  const { images } = await trialImages(smallNetwork(), undefined, {}, 600);
  expect([images.n, images.images.length]).toEqual([600, 600 * 64]);
});

it('a set without test images is refused', async () => {
  const empty = join(await smallWorld(newFolder()), 'set');
  const { manifest } = openDistillationSet(empty);
  const shards = manifest.shards.filter(({ split }) => split !== 'test');
  writeFileSync(join(empty, 'manifest.json'), formatManifest({ ...manifest, shards }));
  const failure = await failureOfAsync(() => trialImages(smallNetwork(), undefined, { folder: empty }));
  expect([failure.kind, failure.message]).toEqual(['data', 'test images of patterns: expected images; got none']);
});
