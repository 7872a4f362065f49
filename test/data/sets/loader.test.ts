import { beforeAll, describe, expect, it } from 'vitest';
import { openDistillationSet } from '#data/sets/distillation-set';
import { type Batch, type Batches, batches, inOrder } from '#data/sets/loader';
import { all } from '#test/data/fixtures';
import { pixelTeacher, tinySet } from '#test/data/set-fixture';

const folder = await tinySet();
const teacher = pixelTeacher(30, 4);

/** Each row as text: its pixels and its label. */
function rowsOf({ n, images, labels }: Batch): string[] {
  return Array.from({ length: n }, (_, i) => `${images.subarray(i * 30, (i + 1) * 30).join()}:${labels[i]}`);
}

describe('batches', () => {
  const split = openDistillationSet(folder).split('train');
  let everyRow: string[] = [];
  beforeAll(async () => {
    everyRow = (await all(inOrder(split, 100))).flatMap(rowsOf).sort();
  });

  it('in order hold every row once, the last batch what is left', async () => {
    expect((await all(inOrder(split, 100))).map(({ n }) => n)).toEqual([100, 100, 88]);
    expect(everyRow.length).toBe(288);
  });

  it('run on across the ends of epochs, each epoch a new order of every row', async () => {
    const train = batches(split, { seed: 1, batch: 32 });
    const nineFrom = async (of: Batches, first: number) => {
      const nine = await Promise.all(Array.from({ length: 9 }, (_, i) => of.at(first + i)));
      return nine.flatMap(rowsOf);
    };
    const [first, second] = [await nineFrom(train, 0), await nineFrom(train, 9)];
    expect(first.slice().sort()).toEqual(everyRow);
    expect(second.slice().sort()).toEqual(everyRow);
    expect(second).not.toEqual(first);
    const odd = batches(split, { seed: 1, batch: 50 }); // 288 is no multiple: step 5 reaches into the next epoch
    expect((await nineFrom(odd, 0)).slice(0, 288)).toEqual(first);
    expect(rowsOf(await odd.at(5)).slice(38)).toEqual(second.slice(0, 12));
  });

  it('depend on seed and step alone, not on what was read before nor on the memory there is', async () => {
    const at = await batches(split, { seed: 1, batch: 32 }).at(7);
    const scarce = openDistillationSet(folder, 1).split('train');
    expect(await batches(scarce, { seed: 1, batch: 32 }).at(7)).toEqual(at);
    expect(rowsOf(await batches(split, { seed: 2, batch: 32 }).at(7))).not.toEqual(rowsOf(at));
  });

  it("hold the teacher's probabilities for exactly these pixels", async () => {
    const { n, images, soft } = await batches(split, { seed: 3, batch: 40 }).at(2);
    const exact = teacher.predict(images, n) as Float32Array;
    expect(soft.length).toBe(160);
    for (const [i, p] of soft.entries()) expect(Math.abs(p - (exact[i] as number))).toBeLessThanOrEqual(2 ** -12);
  });
});
