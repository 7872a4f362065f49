import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfBits, halfValues, toHalf } from '#core/float16';

describe('half precision', () => {
  it.each([
    [0, 0x0000],
    [1, 0x3c00],
    [0.5, 0x3800],
    [1 / 3, 0x3555],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00], // halfway to the next power: to even, which is infinity
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // halfway to the least: to even
    [3 * 2 ** -25, 0x0002],
    [Infinity, 0x7c00],
  ])('of %d is %d', (value, bits) => {
    expect(halfBits(value)).toBe(bits);
  });

  it('of each half-precision value is the value itself', () => {
    const wrong = [...halfValues.entries()].filter(([bits, value]) => !Number.isNaN(value) && halfBits(value) !== bits);
    expect(wrong).toEqual([]);
    expect(Number.isNaN(halfValues[halfBits(NaN)])).toBe(true);
  });

  it('is the nearest of its neighbours', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1, noNaN: true }), (value) => {
        const [bits] = toHalf(Float32Array.of(value)) as unknown as [number];
        const distance = (at: number) => Math.abs((halfValues[at] as number) - value);
        expect(distance(bits)).toBeLessThanOrEqual(distance(bits + 1));
        if (bits > 0) expect(distance(bits)).toBeLessThanOrEqual(distance(bits - 1));
      }),
    );
  });
});
