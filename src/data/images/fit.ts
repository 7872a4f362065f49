/** Brings images of differing sizes to one size for evaluation: the central crop, resized. */
import type { Fit, Image, Rectangle, Size, StoredImage } from './image-source.js';

/** The view of an image for evaluation: its central crop in the size of the fit; without a fit the whole image. */
export function plainView(image: StoredImage, fit: Fit | undefined): Promise<Image> {
  return fit === undefined ? image.whole() : image.view(centralRectangle(image, fit), fit);
}

/** The central rectangle with the aspect of the fit: `centralCrop` of the largest one inside the image. */
export function centralRectangle(image: Size, fit: Fit): Rectangle {
  const scale = fit.centralCrop * Math.min(image.height / fit.height, image.width / fit.width);
  const [height, width] = [fit.height * scale, fit.width * scale];
  return { top: (image.height - height) / 2, left: (image.width - width) / 2, height, width };
}

/** The whole of an image as a rectangle. */
export function wholeRectangle({ height, width }: Size): Rectangle {
  return { top: 0, left: 0, height, width };
}
