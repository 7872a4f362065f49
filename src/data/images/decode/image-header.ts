/** Facts that a picture's header tells without decoding: its format, its size and how it is to be turned. */
import { gifHeader } from './gif-header.js';
import { jpegHeader } from './jpeg-header.js';
import { requireDecodable, requireEncodedSize } from './limits.js';
import { unreadable } from './picture-failure.js';
import { pngHeader } from './png-header.js';
import type { StoredHeader } from './stored-header.js';
import { webpHeader } from './webp-header.js';

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif';

/** A header whose `height` and `width` are those of the upright image. */
export interface ImageHeader extends StoredHeader {
  readonly format: ImageFormat;
}

/** A reader of one format; it returns undefined if the header is damaged. */
type HeaderReader = (bytes: Uint8Array) => StoredHeader | undefined;

const readers: Readonly<Record<ImageFormat, HeaderReader>> = {
  jpeg: jpegHeader,
  png: pngHeader,
  webp: webpHeader,
  gif: gifHeader,
};

/**
 * Reads the header of an encoded picture; height and width are those of the upright image, so they are swapped for
 * orientations 5 to 8.
 *
 * @param place  names the picture in messages
 * @throws Failure `data` for other formats, damaged headers and pictures beyond `limits.ts`
 */
export function imageHeader(bytes: Uint8Array, place: string): ImageHeader {
  requireEncodedSize(bytes, place);
  const format = formatOf(bytes);
  if (format === undefined) throw unreadable(place, bytes);
  const stored = readers[format](bytes);
  requireDecodable(stored, format, place);
  const { height, width, orientation, isCmyk } = stored;
  const upright = orientation >= 5 ? { height: width, width: height } : { height, width };
  return { format, ...upright, orientation, isCmyk };
}

/** The format that the first bytes tell; a file's extension is not asked. */
function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'webp';
  return start.startsWith('GIF87a') || start.startsWith('GIF89a') ? 'gif' : undefined;
}
