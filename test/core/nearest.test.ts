import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest, suggestion } from '#core/nearest';

describe('the distance of two words', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['flaw', 'lawn', 2],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s and %s is as Levenshtein has it', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is a metric', () => {
    const any = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

describe('the nearest word', () => {
  const known = ['kernel', 'stride', 'startKernel', 'targetMs', 'out'];

  it.each([
    ['kernal', 'kernel'],
    ['strid', 'stride'],
    ['KERNEL', 'kernel'],
    ['target', 'targetMs'],
    ['startkernel', 'startKernel'],
    ['oit', 'out'],
  ])('to %s is %s', (word, name) => {
    expect(nearest(word, known)).toBe(name);
  });

  it('to something quite different is none', () => {
    expect(nearest('nonsense', known)).toBeUndefined();
    expect(nearest('kernel', [])).toBeUndefined();
  });

  it('is the tail of a message, or nothing', () => {
    expect(suggestion('kernal', known)).toBe('; did you mean kernel?');
    expect(suggestion('nonsense', known)).toBe('');
  });
});
