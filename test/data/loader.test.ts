import { describe, expect, it } from 'vitest';
import { openDistillationSet } from '../../src/data/distillation-set.js';
import { type Batch, batches, inOrder } from '../../src/data/loader.js';
import { prefetched } from '../../src/data/prefetch.js';
import { pixelTeacher, tinySet } from './set-fixture.js';

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

  it('are the same when prefetched, and the wait is counted', async () => {
    const plain = batches(split, { seed: 1, batch: 16 });
    const ahead = prefetched(batches(split, { seed: 1, batch: 16 }));
    for (const step of [0, 1, 2, 9, 10, 3]) {
      expect(ahead.at(step)).toEqual(plain.at(step));
      await new Promise(setImmediate);
    }
    expect(ahead.waitMs()).toBeGreaterThan(0);
  });

  it('that were prefetched are made only once', async () => {
    const asked: number[] = [];
    const split16 = batches(split, { seed: 1, batch: 16 });
    const ahead = prefetched({
      at(step) {
        asked.push(step);
        return split16.at(step);
      },
    });
    ahead.at(4);
    await new Promise(setImmediate);
    ahead.at(5);
    expect(asked).toEqual([4, 5]);
  });

  it('that fail while prefetched fail when asked for', async () => {
    const broken = prefetched({
      at(step) {
        if (step === 1) throw new Error('damaged');
        return batches(split, { seed: 1, batch: 1 }).at(step);
      },
    });
    broken.at(0);
    await new Promise(setImmediate);
    expect(() => broken.at(1)).toThrow('damaged');
  });
});
