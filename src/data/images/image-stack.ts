/** Stacks of images of one shape in one array [n, H, W, C], as in batches, shards and sources in memory. */
import type { ImageShape } from './image-source.js';

/** Bytes of one raw image. */
export function imageBytes([height, width, channels]: ImageShape): number {
  return height * width * channels;
}

/** The images `from`...`to`-1 of a stack, by default one; a view of its memory. */
export function stackedImages(stack: Uint8Array, size: number, from: number, to = from + 1): Uint8Array {
  return stack.subarray(from * size, to * size);
}

/** Copies pixels into a stack, unless they were decoded there. */
export function putPixels(pixels: Uint8Array, to: Uint8Array): void {
  if (pixels !== to) to.set(pixels);
}
