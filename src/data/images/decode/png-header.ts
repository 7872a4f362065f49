/** The header of PNG files: W3C, Portable Network Graphics (third edition), sections 5 and 11. */
import { exifOrientation, type Orientation } from './exif-orientation.js';
import type { StoredHeader } from './stored-header.js';

const signatureBytes = 8;
const frameBytes = 12; // a chunk's length, type and checksum

/** Reads the size from the first chunk, and the orientation from the EXIF chunk, which may follow the pixels. */
export function pngHeader(bytes: Uint8Array): StoredHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < signatureBytes + frameBytes + 13 || typeAt(bytes, signatureBytes) !== 'IHDR') return undefined;
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { height, width, orientation: orientationOf(bytes, view), isCmyk: false };
}

function orientationOf(bytes: Uint8Array, view: DataView): Orientation {
  for (let at = signatureBytes; at + frameBytes <= bytes.length; ) {
    const length = view.getUint32(at);
    if (typeAt(bytes, at) === 'eXIf') return exifOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += frameBytes + length;
  }
  return 1;
}

function typeAt(bytes: Uint8Array, chunk: number): string {
  return String.fromCharCode(...bytes.subarray(chunk + 4, chunk + 8));
}
