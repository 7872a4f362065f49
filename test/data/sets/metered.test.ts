import { expect, it } from 'vitest';
import { openDistillationSet } from '#data/sets/distillation-set';
import { batches } from '#data/sets/loader';
import { metered } from '#data/sets/metered';
import { tinySet } from '#test/data/set-fixture';

it('metered batches are the same ones, and the wait for them is counted', async () => {
  const split = openDistillationSet(await tinySet()).split('train');
  const plain = batches(split, { seed: 1, batch: 16 });
  const counted = metered(batches(split, { seed: 1, batch: 16 }));
  expect(counted.waitMs()).toBe(0);
  for (const step of [0, 9, 3]) expect(await counted.at(step)).toEqual(await plain.at(step));
  expect(counted.waitMs()).toBeGreaterThan(0);
});
