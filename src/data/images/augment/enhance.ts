/**
 * Colour, contrast, brightness and sharpness. Each blends the image with a degenerate one, grey, flat, black or smooth:
 * factor 0 gives the degenerate image, 1 the image itself, more than 1 moves away from the degenerate one. The
 * arithmetic is Pillow's: grey levels in 16-bit fixed point, blends in float32, cut to whole levels.
 */
import type { Image } from '#data/images/image-source';
import { levelTable, mapped } from './levels.js';

/** Blends the image with its grey version; an image of one channel is unchanged. */
export function colored(image: Image, factor: number): Image {
  const { height, width, channels, pixels } = image;
  if (channels !== 3) return image;
  const out = new Uint8Array(pixels.length);
  const products = differenceProducts(factor);
  for (let i = 0; i < out.length; i += 3) {
    const [r, g, b] = [pixels[i] as number, pixels[i + 1] as number, pixels[i + 2] as number];
    const grey = greyLevel(r, g, b);
    out[i] = wholeLevel(grey + (products[255 + r - grey] as number));
    out[i + 1] = wholeLevel(grey + (products[255 + g - grey] as number));
    out[i + 2] = wholeLevel(grey + (products[255 + b - grey] as number));
  }
  return { height, width, channels, pixels: out };
}

/** Blends the image with a flat one of its mean grey level. */
export function contrasted(image: Image, factor: number): Image {
  return mapped(image, blendTable(meanGrey(image), factor));
}

/** Blends the image with black. */
export function brightened(image: Image, factor: number): Image {
  return mapped(image, blendTable(0, factor));
}

/** Blends the image with a smooth version, in which the pixel itself counts five times; the border is unchanged. */
export function sharpened(image: Image, factor: number): Image {
  const { height: H, width: W, channels: C, pixels } = image;
  const out = new Uint8Array(pixels);
  const products = differenceProducts(factor);
  const row = W * C;
  for (let y = 1; y < H - 1; y++) {
    for (let i = y * row + C; i < (y + 1) * row - C; i++) {
      const at = (offset: number) => pixels[i + offset] as number;
      const level = at(0);
      const sides = at(-row - C) + at(-row) + at(-row + C) + at(-C) + at(C) + at(row - C) + at(row) + at(row + C);
      const smooth = ((2 * (sides + 5 * level) + 13) / 26) | 0; // the mean of 13, rounded
      out[i] = wholeLevel(smooth + (products[255 + level - smooth] as number));
    }
  }
  return { height: H, width: W, channels: C, pixels: out };
}

/** ITU-R BT.601 luma of a pixel, rounded. */
function greyLevel(r: number, g: number, b: number): number {
  return (19595 * r + 38470 * g + 7471 * b + 32768) >> 16; // 0.299, 0.587 and 0.114 of 65536
}

function meanGrey({ height, width, channels, pixels }: Image): number {
  let sum = 0;
  if (channels !== 3) for (const level of pixels) sum += level;
  else {
    for (let i = 0; i < pixels.length; i += 3) {
      sum += greyLevel(pixels[i] as number, pixels[i + 1] as number, pixels[i + 2] as number);
    }
  }
  return Math.floor(sum / (height * width) + 0.5);
}

/** The table of levels blended with one degenerate level. */
function blendTable(degenerate: number, factor: number): Uint8Array {
  const products = differenceProducts(factor);
  return levelTable((level) => wholeLevel(degenerate + (products[255 + level - degenerate] as number)));
}

/** The factor times each difference of two levels, -255...255, in float32. */
function differenceProducts(factor: number): Float32Array {
  const factor32 = Math.fround(factor);
  return Float32Array.from({ length: 511 }, (_, i) => factor32 * (i - 255));
}

/** A float32 sum cut to a whole level. */
function wholeLevel(sum: number): number {
  const value = Math.fround(sum);
  return value <= 0 ? 0 : value >= 255 ? 255 : value | 0;
}
