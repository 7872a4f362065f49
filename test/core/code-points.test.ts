import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byCodePoint, compareCodePoints } from '#core/code-points';

it('texts are sorted by code point, as Python sorts them', () => {
  expect(byCodePoint(['n02', '_x', '2', 'N1', '10', '1'])).toEqual(['1', '10', '2', 'N1', '_x', 'n02']);
});

it('U+FFFD comes before an emoji, whose UTF-16 units are lower', () => {
  expect(byCodePoint(['\u{1f600}', '\ufffd', 'a'])).toEqual(['a', '\ufffd', '\u{1f600}']);
});

it('the order is that of the UTF-8 bytes', () => {
  const text = fc.string({ unit: 'binary' });
  const property = fc.property(text, text, (a, b) => {
    expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(byCodePoint([a, b])).toEqual(byCodePoint([b, a]));
  });
  fc.assert(property, { numRuns: 50 });
});
