/** The header of JPEG files: ITU-T T.81, annex B. */
import { exifOrientation, type Orientation } from './exif-orientation.js';
import type { StoredHeader } from './stored-header.js';

const startOfScan = 0xda;
const app1 = 0xe1;
const markersWithoutLength = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]);
const framesOf = new Set([0xc0, 0xc1, 0xc2]); // baseline, extended and progressive Huffman coding

/** Reads the segments before the first scan: the frame's size and components, and the orientation of EXIF data. */
export function jpegHeader(bytes: Uint8Array): StoredHeader | undefined {
  let frame: Pick<StoredHeader, 'height' | 'width' | 'isCmyk'> | undefined;
  let orientation: Orientation | undefined;
  for (const { marker, content } of segments(bytes)) {
    if (framesOf.has(marker) && frame === undefined) frame = frameOf(content);
    if (marker === app1 && isExif(content)) orientation ??= exifOrientation(content);
    if (marker === startOfScan) return frame && { ...frame, orientation: orientation ?? 1 };
  }
  return undefined;
}

function frameOf(content: Uint8Array): Pick<StoredHeader, 'height' | 'width' | 'isCmyk'> | undefined {
  if (content.length < 6) return undefined;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return { height: view.getUint16(1), width: view.getUint16(3), isCmyk: view.getUint8(5) === 4 };
}

function isExif(content: Uint8Array): boolean {
  return String.fromCharCode(...content.subarray(0, 4)) === 'Exif';
}

/** The segments of a file up to its first scan; they end early where the file is damaged. */
function* segments(bytes: Uint8Array): Generator<{ marker: number; content: Uint8Array }> {
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at++; // a fill byte
    } else if (markersWithoutLength.has(marker)) {
      at += 2;
    } else {
      const end = at + 2 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
      if (end > bytes.length) return;
      yield { marker, content: bytes.subarray(at + 4, end) };
      if (marker === startOfScan) return;
      at = end;
    }
  }
}
