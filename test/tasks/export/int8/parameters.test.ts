import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenRange, parametersFor, quantizedBias, quantizedWeights, requantized } from '#tasks/export/int8/parameters';

const ends = fc.record({ min: fc.double({ min: -50, max: 50 }), max: fc.double({ min: -50, max: 50 }) });

describe('the parameters of a range', () => {
  it('are those of the specification for 0 to 6 and -1 to 1', () => {
    expect(parametersFor({ min: 0, max: 6 })).toEqual({ scale: Math.fround(6 / 255), zeroPoint: -128 });
    expect(parametersFor({ min: -1, max: 1 })).toEqual({ scale: Math.fround(2 / 255), zeroPoint: -1 });
  });

  it('express 0 exactly and every value of the range within a step', () => {
    const holds = fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), ({ min, max }, share) => {
      fc.pre(min <= max);
      const parameters = parametersFor({ min, max });
      const value = Math.fround(min + share * (max - min));
      const [zero, found] = requantized(Float32Array.of(0, value), parameters) as unknown as [number, number];
      expect(Math.abs(zero)).toBe(0);
      expect(Math.abs(found - value)).toBeLessThanOrEqual(parameters.scale === 1 ? 1e-20 : parameters.scale * 1.001);
    });
    fc.assert(holds, { seed: 3 });
  });

  it('of an even range have the zero point 0, and the range holds the given one', () => {
    const holds = fc.property(ends, ({ min, max }) => {
      fc.pre(min <= max && Math.abs(max) > 1e-3);
      const even = evenRange({ min, max });
      expect(parametersFor(even).zeroPoint).toBe(0);
      expect(even.min).toBeLessThanOrEqual(min + 1e-9);
      expect(even.max).toBeGreaterThanOrEqual(max - 1e-9);
    });
    fc.assert(holds, { seed: 4 });
    expect(evenRange({ min: -128, max: 3 })).toEqual({ min: -128, max: 127 });
  });

  it('of a value that is always 0 have the scale 1', () => {
    expect(parametersFor({ min: 0, max: 0 })).toEqual({ scale: 1, zeroPoint: -128 });
  });

  it('round exact ties to even integers and clip what is outside', () => {
    const parameters = { scale: 0.5, zeroPoint: 0 };
    const values = Float32Array.of(0.25, 0.75, -0.25, -0.75, 1e9, -1e9);
    expect([...requantized(values, parameters)].map((value) => value + 0)).toEqual([0, 1, 0, -1, 63.5, -64]);
  });
});

describe('quantized weights', () => {
  it('have a scale for each output channel, the largest at 127, without -128', () => {
    const { values, scales } = quantizedWeights(Float32Array.of(1, -20, -2, 5), Float32Array.of(0, 0), 1);
    expect([...values]).toEqual([64, -127, -127, 32]);
    expect([...scales]).toEqual([Math.fround(2 / 127), Math.fround(20 / 127)]);
  });

  it('keep the bias of a channel whose weights are all 0, or far smaller', () => {
    const bias = Float32Array.of(0.7, -30, 0);
    const [inputScale, kernel] = [0.02, Float32Array.of(0, 1e-12, 0)];
    const { values, scales } = quantizedWeights(kernel, bias, inputScale);
    const sums = quantizedBias(bias, scales, inputScale);
    for (const [c, sum] of sums.entries()) {
      expect(Math.abs(sum)).toBeLessThanOrEqual(2 ** 30 + 64);
      expect(sum * inputScale * scales[c]!).toBeCloseTo(bias[c]!, 6);
    }
    expect(scales.every((scale) => scale > 0)).toBe(true);
    expect([...values]).toEqual([0, 0, 0]);
  });
});
