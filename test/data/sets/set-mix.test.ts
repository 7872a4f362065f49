import { describe, expect, it } from 'vitest';
import { openDistillationSet } from '#data/sets/distillation-set';
import { batches } from '#data/sets/loader';
import { identityOf, openParts, partsOf, trainBatches } from '#data/sets/set-mix';
import { buildDistillationSet } from '#tasks/distill/build';
import { failureOf, newFolder, tinySource } from '#test/data/fixtures';
import { pixelTeacher, tinyRecipe, tinySet } from '#test/data/set-fixture';

async function built(more: string, source = tinySource()): Promise<string> {
  const to = newFolder();
  const classes = source.classNames.length;
  await buildDistillationSet({ source, recipe: tinyRecipe(more), teacher: pixelTeacher(30, classes), to });
  return to;
}

describe('a mix of sets', () => {
  it('has rows of each set in proportion to the weights, each set in a separate order', async () => {
    const folders = [await tinySet(), await built('images: { stored: png }'), await built('softLabels: { top: 2 }')];
    const mix = openParts(folders.map((folder, i) => ({ folder, weight: [1, 1, 2][i] as number })));
    expect(mix.manifest.splits).toEqual({ train: 3 * 288, held: 24, test: 20 });
    const mixed = await trainBatches(mix, { seed: 5, batch: 16 }).at(3);
    const alone = await Promise.all(
      folders.map((folder, i) => {
        const train = openDistillationSet(folder).split('train');
        return batches(train, { seed: `5/mix/${i}`, batch: [4, 4, 8][i] as number }).at(3);
      }),
    );
    for (const key of ['images', 'labels', 'soft'] as const) {
      expect([...mixed[key]]).toEqual(alone.flatMap((batch) => [...batch[key]]));
    }
    expect([...(mixed.mixing?.shares ?? [])]).toEqual(alone.flatMap((batch) => [...(batch.mixing?.shares ?? [])]));
    expect(partsOf(mix).map(({ weight }) => weight)).toEqual([1, 1, 2]);
    expect(identityOf(mix).images.split('+')).toHaveLength(3);
  });

  it('of one set is that set', async () => {
    const folder = await tinySet();
    const set = openParts([{ folder, weight: 1 }]);
    const { manifest, split } = openDistillationSet(folder);
    expect(set.manifest).toEqual(manifest);
    expect(identityOf(set)).toEqual({ images: manifest.source.sha256, teacher: manifest.teacher.fingerprint });
    const options = { seed: 1, batch: 32 };
    expect(await trainBatches(set, options).at(2)).toEqual(await batches(split('train'), options).at(2));
  });

  it('is refused if a set has other classes, or may train on validation images of the first', async () => {
    const first = await tinySet();
    const mixed = (folder: string) =>
      failureOf(() => openParts([first, folder].map((one) => ({ folder: one, weight: 1 }))));
    const fewer = await built('', tinySource([6, 5, 1], 3));
    expect(mixed(fewer).message).toBe(
      `${fewer}: mix: expected images and class names like those of tiny, 6x5x1 in 4 classes; got 6x5x1 in 3 classes`,
    );
    const other = await built('seed: 2');
    expect(mixed(other).kind).toBe('config');
    expect(mixed(other).message).toBe(
      `${other}: mix: its train images may be validation images of tiny, since both come from the same source`,
    );
  });

  it('is refused if a batch has no row of a set', async () => {
    const mix = openParts([
      { folder: await tinySet(), weight: 100 },
      { folder: await tinySet(), weight: 1 },
    ]);
    expect(failureOf(() => trainBatches(mix, { seed: 1, batch: 8 })).message).toBe(
      'mix: expected batches with rows of every set; a batch of 8 has none of tiny',
    );
  });
});
