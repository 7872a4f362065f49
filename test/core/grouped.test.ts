import { expect, it } from 'vitest';
import { grouped } from '../../src/core/grouped.js';

it('entries are grouped by a key, groups and entries in their order', () => {
  expect(grouped([3, 1, 4, 1, 5, 9, 2], (n) => `${n % 2}`)).toEqual([
    [3, 1, 1, 5, 9],
    [4, 2],
  ]);
  expect(grouped([], String)).toEqual([]);
});
