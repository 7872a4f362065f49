/** Checks an augmentation against the shape of the images. */
import { Failure } from '#core/failure';
import type { ImageShape } from '#data/images/image-source';
import { type Augmentation, eraseAspect } from './augment.js';
import type { Range } from './random-rectangle.js';

/** Refuses shifts that may move an image out of view, and rectangles that never fit or never cover a whole pixel. */
export function requireAugmentation({ shift = 0, inceptionCrop, erase }: Augmentation, shape: ImageShape): void {
  const [height, width] = shape;
  const shorter = Math.min(height, width);
  const problems: string[] = [];
  if (shift >= shorter) problems.push(`augment.shift: expected less than the images' ${shorter} pixels; got ${shift}`);
  const rectangles = { inceptionCrop, erase: erase && { ...erase, aspect: eraseAspect } };
  for (const [name, rectangle] of Object.entries(rectangles)) {
    if (rectangle === undefined) continue;
    const wrong = (expected: string) => problems.push(`augment.${name}: expected rectangles ${expected}`);
    const { area, aspect } = rectangle;
    if (!someFits(shape, area, aspect)) wrong(`that fit into ${height}x${width}; got none`);
    if (area[1] * height * width < 1) wrong('of at least one pixel; got smaller ones');
  }
  if (problems.length > 0) {
    throw new Failure(
      'config',
      problems.map((message) => ({ message })),
    );
  }
}

/** True if the smallest area fits with some aspect (width / height) of the range. */
function someFits([height, width]: ImageShape, [smallest]: Range, [low, high]: Range): boolean {
  const pixels = smallest * height * width;
  return Math.max(low, pixels / height ** 2) <= Math.min(high, width ** 2 / pixels) * (1 + 1e-9);
}
