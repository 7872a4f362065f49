import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#core/files/files';
import { openSource } from '#data/images/open-source';
import { openDistillationSet, readShard } from '#data/sets/distillation-set';
import { batches, inOrder } from '#data/sets/loader';
import { formatManifest, type Manifest, type ShardEntry } from '#data/sets/manifest';
import { encodeShard } from '#data/sets/shard';
import { verifyDistillationSet } from '#data/sets/verify';
import { buildDistillationSet } from '#tasks/distill/build';
import type { BuildRequest } from '#tasks/distill/build-request';
import { estimateBuild } from '#tasks/distill/estimate-build';
import { all, failureOfAsync, newFolder, tinySource } from '#test/data/fixtures';
import { encoded as picture, smoothImage } from '#test/data/images/decode/picture-fixtures';
import { folderWith } from '#test/data/images/folders/folder-fixtures';
import { pixelTeacher, tinyRecipe } from '#test/data/set-fixture';

const source = tinySource();
const teacher = pixelTeacher(30, 4);
const encoded = 'images: { stored: jpeg, quality: 90 }\nsoftLabels: { top: 2 }';
const pooled = `${encoded}\npool: { source: { format: idx, folder: . }, keepAbove: 0.3, perClass: 40 }`;

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );
}

async function built(recipe: string, more: Partial<BuildRequest> = {}): Promise<string> {
  const to = more.to ?? newFolder();
  await buildDistillationSet({ source, recipe: tinyRecipe(recipe), teacher, ...more, to });
  return to;
}

describe('a set with encoded images and the most probable classes', () => {
  it('shows the student exactly the pixels that the teacher saw', async () => {
    const folder = await built(encoded);
    const set = openDistillationSet(folder);
    expect(set.manifest).toMatchObject({ version: 2, images: { stored: 'jpeg', quality: 90 }, softLabels: { top: 2 } });
    for (const { n, images, soft } of await all(inOrder(set.split('train'), 50))) {
      const exact = teacher.predict(images, n) as Float32Array;
      for (let row = 0; row < n; row++) {
        const [seen, used] = [exact, soft].map((all) => [...all.subarray(4 * row, 4 * row + 4)]);
        const [, second, third] = (seen as number[]).toSorted((a, b) => b - a) as [number, number, number];
        if (second === third) continue;
        for (const [k, p] of (seen as number[]).entries()) {
          if (p >= second) expect(Math.abs(p - (used?.[k] as number))).toBeLessThan(2 ** -10);
        }
      }
    }
    expect((await verifyDistillationSet(folder)).damage).toEqual([]);
  });

  it('is trained on in the order of a set of raw pixels', async () => {
    const [one, two] = [openDistillationSet(await built(encoded)), openDistillationSet(await built(''))];
    const labelsAt = async (set: typeof one) =>
      (await batches(set.split('train'), { seed: 3, batch: 40 }).at(5)).labels;
    expect((await labelsAt(one)).length).toBe(40);
    expect([...(await labelsAt(one))].sort()).toHaveLength((await labelsAt(two)).length);
  });

  it('that was interrupted resumes and has the same bytes', async () => {
    const to = newFolder();
    let asked = 0;
    await failureOfAsync(() => built(encoded, { to, shouldStop: () => ++asked === 3 }));
    await built(encoded, { to });
    expect(contents(to)).toEqual(contents(await built(encoded)));
  });

  it('has a damaged image that verify names', async () => {
    const folder = await built(encoded);
    const { layout, shards } = openDistillationSet(folder).split('held');
    const entry = shards[0] as ShardEntry;
    const shard = readShard(folder, entry, layout);
    shard.images.fill(0, shard.imageOffsets?.[5], shard.imageOffsets?.[6]);
    const bytes = encodeShard(shard, layout);
    writeFileSync(join(folder, entry.file), bytes);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    Object.assign(manifest.shards.find(({ file }) => file === entry.file) as object, { sha256: sha256(bytes) });
    writeFileSync(join(folder, 'manifest.json'), formatManifest(manifest));
    const { damage } = await verifyDistillationSet(folder);
    expect(damage).toHaveLength(1);
    expect(damage[0]).toMatchObject({ file: join(folder, entry.file), message: expect.stringMatching(/^row 5: /) });
    const failure = await failureOfAsync(() => all(inOrder(openDistillationSet(folder).split('held'), 10)));
    expect(failure.message).toContain(`${join(folder, entry.file)}: row 5`);
  });
});

describe('drawing threads', () => {
  it.each(['', encoded])('in any number give the same set (%s)', async (recipe) => {
    const alone = contents(await built(recipe));
    for (const threads of [2, 3]) expect(contents(await built(recipe, { threads }))).toEqual(alone);
  });

  it('read encoded images as this thread does, and report a damaged one', async () => {
    const names = ['cat', 'dog'].flatMap((name) => Array.from({ length: 30 }, (_, i) => `${name}/${i}.png`));
    const root = folderWith(...names);
    for (const [i, name] of names.entries()) {
      writeFileSync(join(root, name), await picture(smoothImage(6 + (i % 5), 7), 'png'));
    }
    const pictures = await openSource({ folder: root, resolution: 6 }, '/');
    const ofPictures = { source: pictures, teacher: pixelTeacher(108, 2) };
    const alone = contents(await built('', ofPictures));
    expect(contents(await built('', { ...ofPictures, threads: 2 }))).toEqual(alone);
    writeFileSync(join(root, names[7] as string), 'no picture');
    const failure = await failureOfAsync(() => built('', { ...ofPictures, threads: 2 }));
    expect([failure.kind, failure.message]).toEqual(['data', expect.stringContaining(names[7] as string)]);
  });
});

describe('a set from a pool', () => {
  const pool = { source: tinySource([6, 5, 1], 4, 40), selector: teacher };

  it('has the same number of train rows of each class, all of images above the threshold', async () => {
    const warned: string[] = [];
    const folder = await built(pooled, { pool, warn: (line) => warned.push(line) });
    expect(warned).toEqual([
      'tiny: no image of the pool exceeds keepAbove for class 0; the set has no train image of these',
    ]); // the first pixel of every image is its label, too dark for the teacher
    const { manifest, split } = openDistillationSet(folder);
    expect(manifest.splits).toEqual({ train: 3 * 40 * 3, held: 24, test: 20 });
    expect((await verifyDistillationSet(folder)).damage).toEqual([]);
    const { shards, layout } = split('train');
    const rows = shards.flatMap((entry) => {
      const { sources, replicas } = readShard(folder, entry, layout);
      return [...sources].map((s, i) => `${s}/${replicas[i]}`);
    });
    expect(new Set(rows).size).toBe(rows.length);
    for (const row of rows) expect(Number(row.split('/')[0])).toBeGreaterThanOrEqual(140);
  });

  it('asks the selector once, however often the build is interrupted', async () => {
    const to = newFolder();
    let seen = 0;
    const predict: typeof teacher.predict = (images, n) => {
      seen += n;
      return teacher.predict(images, n);
    };
    const counted = { ...pool, selector: { ...teacher, predict } };
    let asked = 0;
    await failureOfAsync(() => built(pooled, { to, pool: counted, shouldStop: () => ++asked === 4 }));
    expect(existsSync(join(to, 'pool-selection.arrow'))).toBe(true);
    await built(pooled, { to, pool: counted });
    expect(seen).toBe(160);
    expect(contents(to)).toEqual(contents(await built(pooled, { pool })));
  });

  it('leaves out the validation images where the pool is the source', async () => {
    const folder = await built(pooled, { pool: { source, selector: teacher } });
    expect((await verifyDistillationSet(folder)).damage).toEqual([]);
  });

  it('of which no image exceeds the threshold is refused', async () => {
    const high = pooled.replace('0.3', '0.9999');
    const failure = await failureOfAsync(() => built(high, { pool }));
    expect(failure.message).toBe('pool: no image has a class whose probability exceeds keepAbove');
  });
});

it('an estimate counts the rows and bytes of the build', async () => {
  const estimate = await estimateBuild({ source, recipe: tinyRecipe(), teacher });
  const { manifest } = openDistillationSet(await built(''));
  expect(estimate).toMatchObject({ splits: manifest.splits, rows: 332, shards: manifest.shards.length, sample: 288 });
  expect(Math.abs(estimate.bytes / manifest.bytes - 1)).toBeLessThan(0.3);
});
