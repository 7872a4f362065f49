/** The header of WebP files: RFC 9649, sections 2 and 3. */
import { exifOrientation, type Orientation } from './exif-orientation.js';
import type { StoredHeader } from './stored-header.js';

const firstChunk = 12; // after `RIFF`, the size and `WEBP`

/** Reads the size from the first chunk, which names the kind of the file, and the orientation from an EXIF chunk. */
export function webpHeader(bytes: Uint8Array): StoredHeader | undefined {
  if (bytes.length < firstChunk + 8 + 10) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizeOf(typeAt(bytes, firstChunk), view, firstChunk + 8);
  return size && { ...size, orientation: orientationOf(bytes, view), isCmyk: false };
}

function sizeOf(type: string, view: DataView, at: number): { height: number; width: number } | undefined {
  const uint24 = (from: number) => view.getUint16(from, true) | (view.getUint8(from + 2) << 16);
  switch (type) {
    case 'VP8X': // the canvas, also of animations
      return { width: uint24(at + 4) + 1, height: uint24(at + 7) + 1 };
    case 'VP8L': {
      const bits = view.getUint32(at + 1, true);
      return view.getUint8(at) === 0x2f
        ? { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
        : undefined;
    }
    case 'VP8 ': // RFC 6386, section 9.1: a frame tag, a start code, 14 bits each
      return { width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff };
    default:
      return undefined;
  }
}

function orientationOf(bytes: Uint8Array, view: DataView): Orientation {
  for (let at = firstChunk; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    if (typeAt(bytes, at) === 'EXIF') return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2); // chunks are padded to even sizes
  }
  return 1;
}

function typeAt(bytes: Uint8Array, chunk: number): string {
  return String.fromCharCode(...bytes.subarray(chunk, chunk + 4));
}
