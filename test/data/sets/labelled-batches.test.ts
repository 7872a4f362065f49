import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageBytes } from '#data/images/image-stack';
import { inMemorySource } from '#data/images/in-memory';
import { labelledBatches, smoothed } from '#data/sets/labelled-batches';
import type { Batches } from '#data/sets/loader';
import { darkAndBright, lazySet, tinySource } from '#test/data/fixtures';

const source = tinySource([6, 5, 1], 4, 6); // 24 train images; the first pixel of each is its label
const size = imageBytes(source.train.shape);
const plain = { seed: 1, batch: 8, augment: {}, labelSmoothing: 0 };

/** The images of a batch as text, in its order. */
function rows({ n, images }: { n: number; images: Uint8Array }): string[] {
  return Array.from({ length: n }, (_, i) => images.subarray(i * size, (i + 1) * size).join());
}

async function rowsAt(batches: Batches, steps: readonly number[]): Promise<string[]> {
  return (await Promise.all(steps.map((step) => batches.at(step)))).flatMap(rows);
}

describe('batches of labelled images', () => {
  it('depend on the seed and the step alone, in whatever order they are asked for', async () => {
    const options = { ...plain, augment: { shift: 1, flip: true, mixup: { alpha: 1 } } };
    const [forward, backward] = [labelledBatches(source, options), labelledBatches(source, options)];
    const steps = [0, 1, 5, 6];
    const there = await Promise.all(steps.map((step) => forward.at(step)));
    const back = await Promise.all([...steps].reverse().map((step) => backward.at(step)));
    expect(back.reverse()).toEqual(there);
    expect(await labelledBatches(source, { ...options, seed: 2 }).at(0)).not.toEqual(there[0]);
  });

  it('are the same of images that are loaded one by one', async () => {
    const options = { ...plain, augment: { shift: 1, flip: true, mixup: { alpha: 1 } } };
    const [there, loaded] = [labelledBatches(source, options), labelledBatches(lazySet(source), options)];
    for (const step of [0, 5, 6]) expect(await loaded.at(step, [step + 1])).toEqual(await there.at(step));
  });

  it('fail with what an image fails with', async () => {
    const train = {
      ...source.train,
      load: (i: number) => (i === 3 ? Promise.reject(new Error('damaged')) : source.train.load(i)),
    };
    const batches = labelledBatches({ ...source, train }, { ...plain, batch: 24 });
    await expect(batches.at(0)).rejects.toThrow('damaged');
  });

  it('show every image once per epoch, each time in another order', async () => {
    const batches = labelledBatches(source, plain);
    const [first, second] = [await rowsAt(batches, [0, 1, 2]), await rowsAt(batches, [3, 4, 5])];
    expect(new Set(first).size).toBe(24);
    expect([...second].sort()).toEqual([...first].sort());
    expect(second).not.toEqual(first);
  });

  it('run on across the end of an epoch', async () => {
    const batches = labelledBatches(source, { ...plain, batch: 9 });
    const images = await rowsAt(batches, [0, 1, 2]);
    expect(new Set(images.slice(0, 24)).size).toBe(24);
    expect(images).toHaveLength(27);
  });

  it('keep each image with its label', async () => {
    const { n, images, labels, soft } = await labelledBatches(source, plain).at(2);
    expect(Array.from({ length: n }, (_, i) => images[i * size])).toEqual([...labels]);
    expect(soft).toEqual(smoothed(labels, 4, 0));
  });

  it('augment an image differently in each epoch', async () => {
    const { train } = source;
    const first = { images: train.images.subarray(0, size), labels: train.labels.subarray(0, 1) };
    const one = { ...source, train: inMemorySource(train.shape, first) };
    const batches = labelledBatches(one, { ...plain, batch: 1, augment: { shift: 2 } });
    expect(new Set(await rowsAt(batches, [...Array(20).keys()])).size).toBeGreaterThan(5);
  });
});

describe('batches with mixup', () => {
  it.each([0, 0.1])('have the targets that the pixels tell, smoothed by %d', async (labelSmoothing) => {
    const options = { seed: 2, batch: 40, augment: { mixup: { alpha: 0.2 } }, labelSmoothing };
    const batches = labelledBatches(darkAndBright(), options);
    for (let step = 0; step < 5; step++) {
      const { n, images, labels, soft } = await batches.at(step);
      for (let i = 0; i < n; i++) {
        const bright = (images[4 * i] as number) / 200;
        expect(
          Math.abs((soft[2 * i + 1] as number) - ((1 - labelSmoothing) * bright + labelSmoothing / 2)),
        ).toBeLessThan(
          0.0026, // half a level of 200
        );
        expect((soft[2 * i] as number) + (soft[2 * i + 1] as number)).toBeCloseTo(1, 6);
        if (Math.abs(bright - 0.5) > 0.01) expect(labels[i]).toBe(Math.round(bright));
      }
    }
  });
});

describe('smoothed labels', () => {
  it('keep 1 - share, and spread the share over all classes', () => {
    expect([...smoothed([2, 0], 4, 0.25)]).toEqual([0.0625, 0.0625, 0.8125, 0.0625, 0.8125, 0.0625, 0.0625, 0.0625]);
  });

  it('are one-hot without smoothing, uniform with all of it', () => {
    expect([...smoothed([1], 3, 0)]).toEqual([0, 1, 0]);
    expect([...smoothed([1], 4, 1)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('of a blend are the blend of both rows, smoothed', () => {
    const mixing = { labels: Int32Array.of(2, 1), shares: Float32Array.of(0.25, 0.5) };
    expect([...smoothed([0, 1], 4, 0, mixing)]).toEqual([0.75, 0, 0.25, 0, 0, 1, 0, 0]);
    expect([...smoothed([0, 1], 4, 0.5, mixing)]).toEqual([0.5, 0.125, 0.25, 0.125, 0.125, 0.625, 0.125, 0.125]);
  });

  it('sum to 1', () => {
    const anyLabels = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(anyLabels, fc.double({ min: 0, max: 1, noNaN: true }), (labels, share) => {
        const soft = smoothed(labels, 7, share);
        for (let i = 0; i < labels.length; i++) {
          const sum = soft.subarray(7 * i, 7 * (i + 1)).reduce((a, b) => a + b);
          expect(sum).toBeCloseTo(1, 5);
        }
      }),
    );
  });
});
