import { expect, it } from 'vitest';
import { duration } from '#cli/arguments/duration';

it('a duration is a number of minutes, hours or days', () => {
  expect(['90m', '1.5h', '30d'].map(duration)).toEqual([5_400_000, 5_400_000, 2_592_000_000]);
  for (const wrong of ['', '5', 'h', '-1d', '1w', '1 h']) expect(() => duration(wrong)).toThrow('such as 90m');
});
