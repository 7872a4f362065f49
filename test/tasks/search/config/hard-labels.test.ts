import { expect, it } from 'vitest';
import { openDistillationSet, readShard } from '#data/sets/distillation-set';
import { type Batch, batches } from '#data/sets/loader';
import type { ShardEntry } from '#data/sets/manifest';
import { verifyDistillationSet } from '#data/sets/verify';
import { buildDistillationSet } from '#tasks/distill/build';
import { parseBuildRecipe } from '#tasks/distill/build-recipe';
import { hardLabelled } from '#tasks/search/config/hard-labels';
import { darkAndBright, newFolder } from '#test/data/fixtures';
import { pixelTeacher } from '#test/data/set-fixture';

it("hard labels replace the teacher's: 0.9 on the source's class, the rest spread evenly, same images", async () => {
  const batch: Batch = {
    n: 2,
    images: Uint8Array.of(7, 8),
    labels: Int32Array.of(1, 0),
    soft: Float32Array.of(0.5, 0.5, 0, 0.25, 0.5, 0.25),
  };
  const { soft, ...same } = await hardLabelled({ at: async (step) => (step === 3 ? batch : { ...batch, n: 0 }) }, 3).at(
    3,
  );
  const { soft: _, ...expected } = batch;
  expect(same).toEqual(expected);
  const rest = 0.1 / 3;
  for (const [i, value] of [rest, 0.9 + rest, rest, 0.9 + rest, rest, rest].entries()) {
    expect(soft[i]).toBeCloseTo(value, 6);
  }
});

/** Builds a set of grey levels, four copies of each train image, with this augmentation. */
async function levels(augment: string) {
  const to = newFolder();
  const text = `name: levels\nsource: { format: idx, folder: . }\nheld: 8\nreplicas: 4\naugment: ${augment}\nteacher: [{ run: t }]\n`;
  const recipe = parseBuildRecipe('levels.dataset.yaml', text);
  await buildDistillationSet({ source: darkAndBright(), recipe, teacher: pixelTeacher(4, 2), to });
  return openDistillationSet(to);
}

it('hard labels of a set built with mixup are blended like its pixels', async () => {
  const set = await levels('{ mixup: { alpha: 0.3 } }');
  const { n, images, soft } = await hardLabelled(batches(set.split('train'), { seed: 1, batch: 128 }), 2).at(0);
  for (let i = 0; i < n; i++) {
    const bright = (images[4 * i] as number) / 200;
    expect(Math.abs((soft[2 * i + 1] as number) - (0.9 * bright + 0.05))).toBeLessThan(0.0024); // half a level, smoothed
  }
  expect(set.manifest.mixedLabels).toBe(true);
  expect((await verifyDistillationSet(set.folder)).damage).toEqual([]);
});

it('a set built without mixup has no columns for it', async () => {
  const set = await levels('{ flip: true }');
  expect(set.manifest).not.toHaveProperty('mixedLabels');
  const { shards, layout } = set.split('train');
  expect(readShard(set.folder, shards[0] as ShardEntry, layout)).not.toHaveProperty('mixing');
});
