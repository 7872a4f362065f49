import { expect, it } from 'vitest';
import { groupBy } from '#core/statistics/group-by';

it('entries are grouped by a key, groups and entries in their order', () => {
  expect(groupBy([3, 1, 4, 1, 5, 9, 2], (n) => `${n % 2}`)).toEqual([
    [3, 1, 1, 5, 9],
    [4, 2],
  ]);
  expect(groupBy([], String)).toEqual([]);
});
