/** Whether an augmentation makes sense of images of a shape. */
import { Failure } from '../core/failure.js';
import { type Augmentation, eraseAspect } from './augment.js';
import type { Shape } from './image-source.js';

type Range = readonly [number, number];

/** Refuses moves that may leave nothing of an image, and rectangles of which none fits into it or has a pixel. */
export function requireAugmentation({ shift = 0, inceptionCrop, erase }: Augmentation, shape: Shape): void {
  const [height, width] = shape;
  const shorter = Math.min(height, width);
  const problems: string[] = [];
  if (shift >= shorter) problems.push(`augment.shift: expected less than the images' ${shorter} pixels; got ${shift}`);
  const none = (path: string) => `augment.${path}: expected rectangles that fit into ${height}x${width}; got none`;
  const tiny = (path: string) => `augment.${path}: expected rectangles of a pixel or more; got none so large`;
  if (inceptionCrop && !someFits(shape, inceptionCrop.area, inceptionCrop.aspect)) problems.push(none('inceptionCrop'));
  if (erase && !someFits(shape, erase.area, eraseAspect)) problems.push(none('erase'));
  if (inceptionCrop && inceptionCrop.area[1] * height * width < 1) problems.push(tiny('inceptionCrop'));
  if (erase && erase.area[1] * height * width < 1) problems.push(tiny('erase'));
  if (problems.length > 0) {
    throw new Failure(
      'config',
      problems.map((message) => ({ message })),
    );
  }
}

/** Whether the smallest area has an aspect (width / height) with which it fits. */
function someFits([height, width]: Shape, [smallest]: Range, [low, high]: Range): boolean {
  const pixels = smallest * height * width;
  return Math.max(low, pixels / height ** 2) <= Math.min(high, width ** 2 / pixels) * (1 + 1e-9);
}
