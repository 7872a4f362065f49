/**
 * Decodes pictures to what Pillow's `ImageOps.exif_transpose(image).convert('RGB')` gives, whole or a resized part;
 * docs/pictures.md states where the two differ.
 */
import { resized } from '#data/images/augment/resample';
import type { Image, Rectangle, Size } from '#data/images/image-source';
import { imageHeader } from './image-header.js';
import { damaged } from './picture-failure.js';
import { sharpPixels } from './sharp-pixels.js';
import { upright } from './upright.js';

export { type ImageHeader, imageHeader } from './image-header.js';

/**
 * The whole upright RGB image [H, W, 3].
 *
 * @param place  names the picture in messages
 * @throws Failure `data` for other formats, damaged pictures and pictures beyond `limits.ts`
 */
export async function decodedImage(bytes: Uint8Array, place: string): Promise<Image> {
  const header = imageHeader(bytes, place);
  const image = upright(await sharpPixels(bytes, header, place), header.orientation);
  if (image.height !== header.height || image.width !== header.width) {
    const sizes = `its header says ${header.width}x${header.height}, its content ${image.width}x${image.height}`;
    throw damaged(place, header.format, sizes);
  }
  return image;
}

/**
 * A rectangle of the upright RGB image, resized to `to`, antialiased where it shrinks (`resized`). Its edges may lie
 * between pixels.
 *
 * @throws Failure `data` like `decodedImage`
 */
export async function decodedView(bytes: Uint8Array, rectangle: Rectangle, to: Size, place: string): Promise<Image> {
  return resized(await decodedImage(bytes, place), rectangle, to);
}
