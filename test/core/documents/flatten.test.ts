import { expect, it } from 'vitest';
import { flattened } from '#core/documents/flatten';

it('the leaves of a value stand under their dotted keys', () => {
  expect(flattened({ a: 1, b: { c: null, d: ['x', { e: true }] } })).toEqual({
    a: 1,
    'b.c': null,
    'b.d[0]': 'x',
    'b.d[1].e': true,
  });
});

it('what is empty has no leaves', () => {
  expect(flattened({ a: {}, b: [] })).toEqual({});
});

it('a leaf alone has no key', () => {
  expect(flattened(3)).toEqual({ '': 3 });
});
