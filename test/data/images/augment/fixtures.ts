/** Images for tests of augmentations. */
import fc from 'fast-check';
import type { Image, ImageShape } from '#data/images/image-source';

export function imageOf([height, width, channels]: ImageShape, ...pixels: number[]): Image {
  return { height, width, channels, pixels: Uint8Array.from(pixels) };
}

/** An image of any small shape. */
export const anyImage = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 3))
  .chain(([height, width, channels]) => {
    const length = height * width * channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((pixels): Image => ({ height, width, channels, pixels }));
  });

/** An image of one channel with the levels 0...255, one pixel each. */
export const ramp: Image = {
  height: 16,
  width: 16,
  channels: 1,
  pixels: Uint8Array.from({ length: 256 }, (_, i) => i),
};
