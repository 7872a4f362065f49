import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inSharedMemory } from '#core/shared-memory';
import { textAt, textList } from '#data/images/text-list';

it('gives back every text, in another thread too', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const list = structuredClone(textList(texts));
      expect(texts.map((_, i) => textAt(list, i))).toEqual(texts);
    }),
  );
});

it('has empty texts only, if it is empty', () => {
  expect(textAt(textList([]), 3)).toBe('');
});

it('shared memory is not copied again', () => {
  const shared = inSharedMemory(Int32Array.of(3, -1));
  expect([...shared]).toEqual([3, -1]);
  expect(inSharedMemory(shared)).toBe(shared);
  structuredClone(shared)[0] = 7;
  expect(shared[0]).toBe(7);
});
