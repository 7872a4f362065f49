/**
 * Limits that keep a picture from exhausting memory. They are checked against the header, before anything is decoded.
 */
import { dataFailure } from '#data/data-failure';
import { damaged } from './picture-failure.js';
import type { StoredHeader } from './stored-header.js';

export const mostEncodedBytes = 2 ** 28;

/** The limit of Pillow (Image.MAX_IMAGE_PIXELS): 512 MiB of RGB, a picture of 13,377 x 13,377. */
export const mostPixels = 178_956_970;

export const longestSide = 65_535; // the largest of a JPEG

export function requireEncodedSize({ length }: Uint8Array, place: string): void {
  if (length > mostEncodedBytes) {
    throw dataFailure(place, `the encoded picture has ${length} bytes, more than the limit of ${mostEncodedBytes}`);
  }
}

/** Refuses headers that are damaged and images that are too large. */
export function requireDecodable(
  header: StoredHeader | undefined,
  format: string,
  place: string,
): asserts header is StoredHeader {
  if (header === undefined) throw damaged(place, format, 'its header is incomplete or contradicts itself');
  const { height, width } = header;
  if (height === 0 || width === 0) throw damaged(place, format, `its size is ${width}x${height}`);
  if (height * width > mostPixels || Math.max(height, width) > longestSide) {
    const limit = `more than the limit of ${mostPixels} pixels or ${longestSide} a side`;
    throw dataFailure(place, `the picture is ${width} pixels wide and ${height} high, ${limit}`, 'scale it down first');
  }
}
