import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GrowingArray } from '#data/images/formats/shards/growing-array';

it('a growing array keeps all numbers in order, and what it gave stays as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (numbers) => {
      const growing = new GrowingArray((n) => new Uint8Array(n));
      for (const number of numbers) growing.push(number);
      const given = growing.values();
      growing.push(7);
      expect(given).toEqual(numbers);
      expect(growing.length).toBe(numbers.length + 1);
    }),
  );
});
