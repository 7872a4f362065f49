/** Brings images of differing sizes to one size for evaluation: the central crop, resized. */
import { flipped } from './augment/resample.js';
import type { Fit, Image, Rectangle, Size, StoredImage } from './image-source.js';

/**
 * The view of an image for evaluation, its central crop in the size of the fit; without a fit the whole image.
 *
 * @param isMirrored  exchanges left and right
 * @param into        memory that the pixels may be written to
 */
export async function plainView(
  image: StoredImage,
  fit: Fit | undefined,
  isMirrored = false,
  into?: Uint8Array,
): Promise<Image> {
  if (fit !== undefined) return image.view(centralRectangle(image, fit), fit, isMirrored, into);
  const whole = await image.whole();
  return isMirrored ? flipped(whole) : whole;
}

/** The central rectangle with the aspect of the fit: `centralCrop` of the largest one inside the image. */
export function centralRectangle(image: Size, fit: Fit): Rectangle {
  const scale = fit.centralCrop * Math.min(image.height / fit.height, image.width / fit.width);
  const [height, width] = [fit.height * scale, fit.width * scale];
  return { top: (image.height - height) / 2, left: (image.width - width) / 2, height, width };
}
