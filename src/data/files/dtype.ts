/** Decodes the element types of safetensors whose values float32 represents exactly. */
import { halfValues } from '#core/float16';

export type Dtype = keyof typeof dtypeBytes;

export const dtypeBytes = { F32: 4, F16: 2, BF16: 2 } as const;

/** Reads the bytes as float32; float32 itself is copied only if it is not aligned to 4 bytes. */
export function float32Values(bytes: Uint8Array, dtype: Dtype): Float32Array {
  // `slice` would not copy a Buffer
  const { buffer, byteOffset, byteLength } = byteOffsetIsAligned(bytes) ? bytes : new Uint8Array(bytes);
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / Uint16Array.BYTES_PER_ELEMENT);
  if (dtype === 'F16') return Float32Array.from(halves, (bits) => halfValues[bits] as number);
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer); // the upper half of a float32
}

function byteOffsetIsAligned({ byteOffset }: Uint8Array): boolean {
  return byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
}
