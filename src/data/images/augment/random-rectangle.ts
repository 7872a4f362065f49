/** Rectangles drawn inside images: crops, and holes to erase. */
import type { Random } from '#core/random';
import type { Rectangle, Size } from '#data/images/image-source';

/** A smallest and a largest value. */
export type Range = readonly [number, number];

/** Shares of the area and ratios of width to height. */
export interface RectangleRange {
  readonly area: Range;
  readonly aspect: Range;
}

/**
 * A rectangle inside the image, its share of the area uniform, its aspect (width / height) log-uniform.
 * Szegedy et al., "Going deeper with convolutions" (arXiv:1409.4842), section 6; undefined after ten draws that do not
 * fit.
 */
export function randomRectangle(
  { height: H, width: W }: Size,
  { area, aspect }: RectangleRange,
  random: Random,
): Rectangle | undefined {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pixels = H * W * between(area, random.uniform());
    const ratio = Math.exp(between([Math.log(aspect[0]), Math.log(aspect[1])], random.uniform()));
    const [height, width] = [Math.sqrt(pixels / ratio), Math.sqrt(pixels * ratio)];
    if (height <= H && width <= W) {
      return { top: random.uniform() * (H - height), left: random.uniform() * (W - width), height, width };
    }
  }
  return undefined;
}

/**
 * An Inception crop: a random rectangle or, where none fits, as in an image much longer than it is wide, the largest
 * central one whose aspect lies in the range. torchvision and timm fall back to the same.
 */
export function inceptionRectangle(image: Size, range: RectangleRange, random: Random): Rectangle {
  return randomRectangle(image, range, random) ?? largestRectangle(image, range.aspect);
}

function largestRectangle(image: Size, [low, high]: Range): Rectangle {
  const height = Math.min(image.height, image.width / low);
  const width = Math.min(image.width, image.height * high);
  return { top: (image.height - height) / 2, left: (image.width - width) / 2, height, width };
}

/** The rectangle with its edges moved up and left to whole pixels. */
export function wholePixels({ top, left, height, width }: Rectangle): Rectangle {
  return { top: Math.floor(top), left: Math.floor(left), height: Math.floor(height), width: Math.floor(width) };
}

function between([low, high]: Range, share: number): number {
  return low + (high - low) * share;
}
