import { expect, it } from 'vitest';
import { openDistillationSet } from '../../src/data/distillation-set.js';
import { type Batch, batches } from '../../src/data/loader.js';
import { metered } from '../../src/data/metered.js';
import { tinySet } from './set-fixture.js';

it('metered batches are the same ones, and the wait for them is counted', async () => {
  const split = openDistillationSet(await tinySet()).split('train');
  const plain = batches(split, { seed: 1, batch: 16 });
  const counted = metered(batches(split, { seed: 1, batch: 16 }));
  expect(counted.waitMs()).toBe(0);
  const seen: Batch[] = [0, 9, 3].map((step) => counted.at(step));
  expect(seen).toEqual([0, 9, 3].map((step) => plain.at(step)));
  expect(counted.waitMs()).toBeGreaterThan(0);
});
