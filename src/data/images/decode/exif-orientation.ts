/** The orientation tag of EXIF data, which says how a stored image is turned to be upright. */

/**
 * EXIF 2.3, tag 274: 1 upright, 2 mirrored, 3 turned by 180 degrees, 4 upside down, 5 transposed, 6 to be turned
 * clockwise, 7 transposed across the other diagonal, 8 to be turned anticlockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const orientationTag = 274;
const exifPrefix = 'Exif\0\0';

/** The orientation in a block of EXIF data, with or without its prefix; 1 if it has none or is damaged. */
export function exifOrientation(block: Uint8Array): Orientation {
  const prefix = String.fromCharCode(...block.subarray(0, exifPrefix.length));
  const tiff = prefix === exifPrefix ? block.subarray(exifPrefix.length) : block;
  try {
    return orientationIn(new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return 1; // an offset beyond the end: viewers ignore such EXIF data too
    throw error;
  }
}

/** Finds the tag in the first directory of a TIFF structure. */
function orientationIn(tiff: DataView): Orientation {
  const isLittle = tiff.getUint16(0) === 0x4949; // II
  if (!isLittle && tiff.getUint16(0) !== 0x4d4d) return 1; // MM
  const directory = tiff.getUint32(4, isLittle);
  const entries = tiff.getUint16(directory, isLittle);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (tiff.getUint16(entry, isLittle) === orientationTag) return asOrientation(valueAt(tiff, entry, isLittle));
  }
  return 1;
}

/** The value of an entry with one SHORT (type 3) or LONG (type 4). */
function valueAt(tiff: DataView, entry: number, isLittle: boolean): number {
  const type = tiff.getUint16(entry + 2, isLittle);
  return type === 4 ? tiff.getUint32(entry + 8, isLittle) : tiff.getUint16(entry + 8, isLittle);
}

function asOrientation(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
