/** Views: parts of upright images, resized. */
import { flipped, resized } from '#data/images/augment/resample';
import type { Image, Rectangle, Size } from '#data/images/image-source';

export interface View {
  /** The size of the upright image. */
  readonly image: Size;
  /** The part of it; its edges may lie between pixels. */
  readonly rectangle: Rectangle;
  readonly to: Size;
  /** True to exchange left and right. */
  readonly isMirrored: boolean;
}

/** The view of the whole image, without resizing. */
export function wholeView({ height, width }: Size): View {
  const size = { height, width };
  return { image: size, rectangle: { top: 0, left: 0, ...size }, to: size, isMirrored: false };
}

/** Computes a view of an upright image; the result may be the image itself. */
export function viewOf(image: Image, { rectangle, to, isMirrored }: View): Image {
  const { top, left, height, width } = rectangle;
  const isWhole = top === 0 && left === 0 && [height, to.height].every((size) => size === image.height);
  const isSame = isWhole && [width, to.width].every((size) => size === image.width);
  const part = isSame ? image : resized(image, rectangle, to);
  return isMirrored ? flipped(part) : part;
}
