/** Encodes images for shards, and decodes them to the pixels that teacher and student see. */
import sharp from 'sharp';
import { Failure } from '#core/failure';
import { decodedImage } from '#data/images/decode/decode';
import type { ImageShape } from '#data/images/image-source';

/** An encoding of stored images. */
export interface Encoding {
  readonly stored: 'jpeg' | 'png';
  /** Quality of JPEG from 1 to 100. */
  readonly quality?: number | undefined;
}

/** Quality of JPEG unless a recipe says otherwise. */
export const defaultQuality = 95;

/**
 * Encodes raw pixels [H, W, C] of 1 or 3 channels: as PNG, which loses nothing, or as JPEG with chroma at full
 * resolution (4:4:4). The same pixels always give the same bytes.
 */
export async function encodedImage(
  pixels: Uint8Array,
  [height, width, channels]: ImageShape,
  { stored, quality = defaultQuality }: Encoding,
): Promise<Uint8Array> {
  const image = sharp(pixels, { raw: { height, width, channels: channels as 1 | 3 } });
  const grey = channels === 1 ? image.toColourspace('b-w') : image;
  return stored === 'png' ? grey.png().toBuffer() : grey.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

/**
 * Decodes a stored image to raw pixels [H, W, C].
 *
 * @param place  names the image in messages: its shard and row
 * @throws Failure `data` if the image is damaged or has another size
 */
export async function decodedPixels(
  bytes: Uint8Array,
  [height, width, channels]: ImageShape,
  place: string,
): Promise<Uint8Array> {
  const image = await decodedImage(bytes, place);
  if (image.height !== height || image.width !== width) {
    const message = `expected an image of ${height}x${width}; got ${image.height}x${image.width}`;
    throw new Failure('data', { file: place, message });
  }
  return channels === 3 ? image.pixels : image.pixels.filter((_, i) => i % 3 === 0); // red, green and blue are equal
}
