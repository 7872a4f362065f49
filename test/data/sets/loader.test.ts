import { describe, expect, it } from 'vitest';
import { openDistillationSet } from '#data/sets/distillation-set';
import { type Batch, batches, inOrder } from '#data/sets/loader';
import { pixelTeacher, tinySet } from '#test/data/set-fixture';

const folder = await tinySet();
const teacher = pixelTeacher(30, 4);

/** Each row as text: its pixels and its label. */
function rowsOf({ n, images, labels }: Batch): string[] {
  return Array.from({ length: n }, (_, i) => `${images.subarray(i * 30, (i + 1) * 30).join()}:${labels[i]}`);
}

describe('batches', () => {
  const split = openDistillationSet(folder).split('train');
  const everyRow = [...inOrder(split, 100)].flatMap(rowsOf).sort();

  it('in order hold every row once, the last batch what is left', () => {
    expect([...inOrder(split, 100)].map(({ n }) => n)).toEqual([100, 100, 88]);
    expect(everyRow.length).toBe(288);
  });

  it('run on across the ends of epochs, each epoch a new order of every row', () => {
    const train = batches(split, { seed: 1, batch: 32 });
    const epoch = (first: number) => Array.from({ length: 9 }, (_, i) => rowsOf(train.at(first + i))).flat();
    expect(epoch(0).slice().sort()).toEqual(everyRow);
    expect(epoch(9).slice().sort()).toEqual(everyRow);
    expect(epoch(9)).not.toEqual(epoch(0));
    const odd = batches(split, { seed: 1, batch: 50 }); // 288 is no multiple: step 5 reaches into the next epoch
    expect(
      Array.from({ length: 9 }, (_, i) => rowsOf(odd.at(i)))
        .flat()
        .slice(0, 288),
    ).toEqual(epoch(0));
    expect(rowsOf(odd.at(5)).slice(38)).toEqual(epoch(9).slice(0, 12));
  });

  it('depend on seed and step alone, not on what was read before nor on the memory there is', () => {
    const at = batches(split, { seed: 1, batch: 32 }).at(7);
    const scarce = openDistillationSet(folder, 1).split('train');
    expect(batches(scarce, { seed: 1, batch: 32 }).at(7)).toEqual(at);
    expect(rowsOf(batches(split, { seed: 2, batch: 32 }).at(7))).not.toEqual(rowsOf(at));
  });

  it('hold what the teacher says of exactly these pixels', () => {
    const { n, images, soft } = batches(split, { seed: 3, batch: 40 }).at(2);
    const exact = teacher.predict(images, n) as Float32Array;
    expect(soft.length).toBe(160);
    for (const [i, p] of soft.entries()) expect(Math.abs(p - (exact[i] as number))).toBeLessThanOrEqual(2 ** -12);
  });
});
