import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '#core/statistics/scoring';
import { openDistillationSet } from '#data/sets/distillation-set';
import type { Batch } from '#data/sets/loader';
import { evaluate, evaluateByClass, splitImages, testImages } from '#tasks/training/evaluate';
import { lazySet, tinySource } from '#test/data/fixtures';
import { tinySet } from '#test/data/set-fixture';

const source = tinySource([6, 5, 1], 10, 1, 120); // 1,200 test images: two whole batches and a rest

/** Returns logits with `own` on the label for images before `correct`, and on the next class for the others. */
function knowing(correct: number, own = 5) {
  let seen = 0;
  return ({ n, labels }: Batch) => {
    const logits = new Float32Array(n * 10);
    for (let i = 0; i < n; i++) {
      const shift = seen++ < correct ? 0 : 1;
      logits[i * 10 + (((labels[i] as number) + shift) % 10)] = own;
    }
    return logits;
  };
}

describe('evaluation', () => {
  it('of a function that knows 900 of 1,200 images is 75 %, with its interval', async () => {
    const found = await evaluate(testImages(source), knowing(900));
    expect(found).toMatchObject({ split: 'test', n: 1200, top1: 0.75 });
    expect(found.top1Interval).toEqual(wilsonInterval(900, 1200));
    expect(found.top1Interval.map((end) => end.toFixed(3))).toEqual(['0.725', '0.774']);
  });

  it('counts its predictions class by class, with an interval for the top 5 as well', async () => {
    const { evaluation, counts } = await evaluateByClass(testImages(source), knowing(900));
    expect(evaluation).toEqual(await evaluate(testImages(source), knowing(900)));
    expect(evaluation.top5Interval).toEqual(wilsonInterval(evaluation.top5 * 1200, 1200));
    expect([...counts.images]).toEqual(Array.from({ length: 10 }, () => 120));
    expect(counts.correct.reduce((sum, n) => sum + n, 0)).toBe(900);
    for (const c of Array.from({ length: 10 }, (_, i) => i)) {
      const wrong = counts.images[c]! - counts.correct[c]!;
      expect(counts.matrix![10 * c + ((c + 1) % 10)]).toBe(wrong); // all are taken for the next class
    }
  });

  it('counts a label within the five largest, ties against it', async () => {
    const ranked = ({ n, labels }: Batch) => {
      const logits = new Float32Array(n * 10);
      for (let i = 0; i < n; i++) {
        for (let rank = 0; rank < 10; rank++) logits[i * 10 + (((labels[i] as number) + 4 + rank) % 10)] = 10 - rank;
      }
      return logits; // the label is the seventh largest of the ten
    };
    expect(await evaluate(testImages(source), ranked)).toMatchObject({ top1: 0, top5: 0 });
    const shallow = (batch: Batch) =>
      ranked(batch).map((logit, i) => (i % 10 === batch.labels[Math.floor(i / 10)] ? 7.5 : logit));
    expect(await evaluate(testImages(source), shallow)).toMatchObject({ top1: 0, top5: 1 });
    expect(await evaluate(testImages(source), ({ n }) => new Float32Array(n * 10))).toMatchObject({ top1: 0, top5: 0 });
  });

  it('has the mean cross-entropy: ln 10 for equal logits, ln(1 + 9 / e^5) for all labels known', async () => {
    expect((await evaluate(testImages(source), ({ n }) => new Float32Array(n * 10))).loss).toBeCloseTo(Math.log(10), 9);
    expect((await evaluate(testImages(source), knowing(1200))).loss).toBeCloseTo(Math.log(1 + 9 * Math.exp(-5)), 9);
  });

  it('sees each image of a source once, in batches of at most 500', async () => {
    const batches: Batch[] = [];
    for await (const batch of testImages(source).batches()) batches.push(batch);
    const loaded: Batch[] = [];
    for await (const batch of testImages(lazySet(source)).batches()) loaded.push(batch);
    expect(loaded).toEqual(batches);
    expect(batches.map(({ n }) => n)).toEqual([500, 500, 200]);
    expect(Buffer.concat(batches.map(({ images }) => images)).equals(Buffer.from(source.test.images))).toBe(true);
  });

  it("of a split is measured against the teacher's probabilities", async () => {
    const held = openDistillationSet(await tinySet()).split('held');
    const asTeacher = ({ soft }: Batch) => soft.map(Math.log);
    const uniform = ({ n }: Batch) => new Float32Array(n * 4);
    const images = splitImages(held);
    expect([images.name, images.classes]).toEqual(['held', 4]);
    const own = await evaluate(images, asTeacher);
    expect(own.n).toBe(24);
    expect(own.loss).toBeLessThan((await evaluate(images, uniform)).loss);
    let entropy = 0;
    for await (const { soft } of images.batches()) for (const p of soft) entropy -= p * Math.log(p);
    expect(own.loss).toBeCloseTo(entropy / 24, 3); // the cross-entropy of a distribution with itself; stored in 16 bits
  });
});
