/**
 * Integers as ONNX Runtime wants them. It computes convolutions and products of uint8 values and int8 weights in integers
 * on x86; values of int8 it would turn into uint8, but not all of them.
 */
const shift = 128;

/** Returns the zero point of a value in uint8 from that in int8. */
export function unsignedZero(zeroPoint: number): number {
  return zeroPoint + shift;
}

/** Returns the same reals in uint8, with a zero point that is larger by as much. */
export function unsigned(values: Int8Array): Uint8Array {
  return Uint8Array.from(values, (q) => q + shift);
}
