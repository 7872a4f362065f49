/**
 * Decodes pictures to what Pillow's `ImageOps.exif_transpose(image).convert('RGB')` gives, whole or a resized part;
 * docs/pictures.md states where the two differ.
 */
import type { Image, StoredImage } from '#data/images/image-source';
import { type ImagesAddon, viewNumbers } from './addon.js';
import { type ImageHeader, imageHeader } from './image-header.js';
import { nativeImages } from './native-images.js';
import { sharpImage } from './sharp-image.js';
import { type View, viewOf, wholeView } from './view.js';

export { type ImageHeader, imageHeader } from './image-header.js';

/**
 * An upright RGB image whose size is known and whose pixels are not decoded yet. A view is antialiased where it shrinks
 * (`resized`), and only the pixels that it needs are decoded, on another thread.
 *
 * @param bytes  must not change until the last promise settles
 * @param place  names the picture in messages
 * @throws Failure `data`, here or where the pixels are decoded, for other formats, damaged pictures and pictures beyond
 *   `limits.ts`
 */
export function storedPicture(bytes: Uint8Array, place: string): StoredImage {
  const header = imageHeader(bytes, place);
  const { height, width } = header;
  return {
    height,
    width,
    whole: () => decoded(bytes, header, wholeView(header), place),
    view: (rectangle, to, isMirrored = false, into) =>
      decoded(bytes, header, { image: { height, width }, rectangle, to, isMirrored }, place, into),
  };
}

/** The whole upright RGB image [H, W, 3]; arguments and errors as for `storedPicture`. */
export async function decodedImage(bytes: Uint8Array, place: string): Promise<Image> {
  return storedPicture(bytes, place).whole();
}

/** Decodes by our addon what it can; `sharp` does the rest, and says what is wrong with damaged pictures. */
async function decoded(
  bytes: Uint8Array,
  header: ImageHeader,
  view: View,
  place: string,
  into?: Uint8Array,
): Promise<Image> {
  const { addon } = await nativeImages();
  if (addon !== undefined && header.format === 'jpeg' && !header.isCmyk) {
    const image = imageOf(view, into);
    if (await addon.jpegView(bytes, image.pixels, viewNumbers(view, header.orientation))) return image;
  }
  const image = await sharpImage(bytes, header, place);
  return addon === undefined ? viewOf(image, view) : nativeView(addon, image, view, into);
}

async function nativeView(addon: ImagesAddon, whole: Image, view: View, into?: Uint8Array): Promise<Image> {
  const image = imageOf(view, into);
  await addon.pixelView(whole.pixels, image.pixels, viewNumbers(view));
  return image;
}

/** An RGB image of a view's size, whose pixels are not computed yet. */
function imageOf({ to: { height, width } }: View, into?: Uint8Array): Image {
  return { height, width, channels: 3, pixels: into ?? new Uint8Array(height * width * 3) };
}
