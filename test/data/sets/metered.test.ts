import { expect, it } from 'vitest';
import { openDistillationSet } from '#data/sets/distillation-set';
import { type Batch, batches } from '#data/sets/loader';
import { metered } from '#data/sets/metered';
import { tinySet } from '#test/data/set-fixture';

it('metered batches are the same ones, and the wait for them is counted', async () => {
  const split = openDistillationSet(await tinySet()).split('train');
  const plain = batches(split, { seed: 1, batch: 16 });
  const counted = metered(batches(split, { seed: 1, batch: 16 }));
  expect(counted.waitMs()).toBe(0);
  const seen: Batch[] = [0, 9, 3].map((step) => counted.at(step));
  expect(seen).toEqual([0, 9, 3].map((step) => plain.at(step)));
  expect(counted.waitMs()).toBeGreaterThan(0);
});
