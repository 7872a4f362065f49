/** Turns stored images by their EXIF orientation. */
import type { Image } from '#data/images/image-source';
import type { Orientation } from './exif-orientation.js';

/** The upright image of a stored one. */
export function upright(stored: Image, orientation: Orientation): Image {
  if (orientation === 1) return stored;
  const isTransposed = orientation >= 5;
  const height = isTransposed ? stored.width : stored.height;
  const width = isTransposed ? stored.height : stored.width;
  const { channels, pixels } = stored;
  const out = new Uint8Array(pixels.length);
  const { start, down, right } = walk(stored, orientation);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (start + y * down + x * right) * channels;
      for (let c = 0; c < channels; c++) out[at++] = pixels[from + c] as number;
    }
  }
  return { height, width, channels, pixels: out };
}

/** The stored pixel that becomes the upper left one, and the steps in stored pixels to those below and to the right. */
function walk({ height: H, width: W }: Image, orientation: Orientation): Record<'start' | 'down' | 'right', number> {
  const [first, last] = [0, H * W - 1];
  const [topRight, bottomLeft] = [W - 1, (H - 1) * W];
  switch (orientation) {
    case 1:
      return { start: first, down: W, right: 1 };
    case 2:
      return { start: topRight, down: W, right: -1 };
    case 3:
      return { start: last, down: -W, right: -1 };
    case 4:
      return { start: bottomLeft, down: -W, right: 1 };
    case 5:
      return { start: first, down: 1, right: W };
    case 6:
      return { start: bottomLeft, down: 1, right: -W };
    case 7:
      return { start: last, down: -1, right: -W };
    case 8:
      return { start: topRight, down: -1, right: W };
  }
}
