/** IEEE 754 half precision in arrays, the format of stored soft labels and of some imported weights. */

const floatView = new Float32Array(1);
const bitsView = new Uint32Array(floatView.buffer);

/** The bits of the nearest half-precision number, ties to even; infinity beyond its range. */
export function halfBits(value: number): number {
  floatView[0] = value;
  const bits = bitsView[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const half = exponent - 112; // half's exponent bias is 15, single's 127
  if (half >= 31) return sign | 0x7c00;
  if (half > 0) return sign | rounded((half << 23) | fraction, 13);
  if (half < -10) return sign;
  return sign | rounded(fraction | 0x800000, 14 - half); // subnormal: the hidden bit becomes explicit
}

/** `n / 2^shift`, ties to even; a carry into the exponent field correctly rounds up to the next power of two. */
function rounded(n: number, shift: number): number {
  const kept = n >>> shift;
  const rest = n & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The value that each of the 65,536 half-precision bit patterns stands for. */
export const halfValues: Float32Array = Float32Array.from({ length: 0x10000 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/** The half-precision bits of all values. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = halfBits(values[i] as number);
  return bits;
}
