import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecimalMark, decimalMarkOf, decimalValue } from '#core/documents/decimal-mark';

describe('the decimal mark of a number', () => {
  it.each([
    ['224', 'none'],
    ['1e-3', 'none'],
    ['-2', 'none'],
    ['1 234', 'none'],
    ['1’234', 'none'],
    ['2.4', '.'],
    ['2,4', ','],
    ['.5', '.'],
    [',5', ','],
    ['5.', '.'],
    ['1,5E-03', ','],
    ['0.234', '.'],
    ['1234.567', '.'],
    ['1.2345', '.'],
    ['1,234.5', '.'],
    ['1.234,5', ','],
    ['1.234.567', ','],
    ['1\u00a0234,5', ','],
    ["1'234'567.8", '.'],
    ['1.234', 'either'],
    ['-12,345', 'either'],
    ['1,23,456', undefined],
    ['1.234.5', undefined],
    ['12 34', undefined],
    ['2.4 ms', undefined],
    ['', undefined],
    ['.', undefined],
    ['1.2,3', undefined],
  ])('%j is %s', (text, mark) => {
    expect(decimalMarkOf(text)).toBe(mark);
  });

  it('is what the number was written with, in every country, and gives its value back', () => {
    const number = fc.double({ min: 1e-3, max: 1e9, noNaN: true }).map((value) => Number(value.toFixed(4)));
    const countries = fc.constantFrom('en-US', 'de-DE', 'fr-FR', 'de-CH', 'sv-SE', 'pt-BR');
    fc.assert(
      fc.property(number, countries, (value, country) => {
        const text = value.toLocaleString(country, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
        const mark = decimalMarkOf(text) as DecimalMark;
        expect(['.', ',']).toContain(mark);
        expect(decimalValue(text, mark)).toBe(value);
      }),
    );
  });
});
