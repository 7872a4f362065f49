import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halfBits } from '#core/float16';
import { float32Values } from '#data/files/dtype';

const bytesOf = (bits: readonly number[]) => new Uint8Array(Uint16Array.from(bits).buffer);

describe('values in half precision', () => {
  it('are those of float16', () => {
    const bits = [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x8000, 0x7c00];
    const values = [1, -2, 0.333251953125, 2 ** -24, 65504, -0, Infinity];
    expect(float32Values(bytesOf(bits), 'F16')).toEqual(Float32Array.from(values));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bff }), (half) => {
        const [value] = float32Values(bytesOf([half]), 'F16');
        expect(halfBits(value as number)).toBe(half);
      }),
    );
  });

  it('are the upper halves of float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const bits = new Uint32Array(Float32Array.of(value).buffer)[0] as number;
        const upper = new Float32Array(Uint32Array.of(bits & 0xffff0000).buffer);
        expect(float32Values(bytesOf([bits >>> 16]), 'BF16')).toEqual(upper);
      }),
    );
  });

  it('need not lie at even bytes', () => {
    const shifted = Uint8Array.of(0, ...bytesOf([0x3c00, 0x4000]));
    expect(float32Values(shifted.subarray(1), 'F16')).toEqual(Float32Array.of(1, 2));
  });
});
