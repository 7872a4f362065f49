/** Pure functions on raw images of any size; each returns a new array of pixels. */
import type { Image, Rectangle, Size } from '#data/images/image-source';
import { triangleTaps, weighted } from './antialias.js';

/**
 * The rectangle resized to `to`, by default the size of the image: bilinear between pixel centres, within the pixels
 * that the rectangle touches. If it shrinks along either axis, it is antialiased by `weighted`; otherwise each pixel is
 * rounded once.
 */
export function cropped(image: Image, rectangle: Rectangle, to: Size = image): Image {
  const isShrunk = rectangle.height > to.height || rectangle.width > to.width;
  return isShrunk ? resized(image, rectangle, to) : enlarged(image, rectangle, to);
}

/** The rectangle resized to `to`, antialiased where it shrinks, in integers: the same bits as the native decoder's. */
export function resized(image: Image, { top, left, height, width }: Rectangle, to: Size): Image {
  const rows = triangleTaps(top, height, image.height, to.height);
  return weighted(image, rows, triangleTaps(left, width, image.width, to.width));
}

function enlarged(image: Image, { top, left, height, width }: Rectangle, to: Size): Image {
  const { channels, pixels } = image;
  const rows = taps(top, height, image.height, to.height);
  const columns = taps(left, width, image.width, to.width);
  const out = new Uint8Array(to.height * to.width * channels);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let c = 0; c < channels; c++) {
        const pixel = (y: number, x: number) => pixels[(y * image.width + x) * channels + c] as number;
        const upper = mix(pixel(row.low, column.low), pixel(row.low, column.high), column.share);
        const lower = mix(pixel(row.high, column.low), pixel(row.high, column.high), column.share);
        out[at++] = Math.round(mix(upper, lower, row.share));
      }
    }
  }
  return { height: to.height, width: to.width, channels, pixels: out };
}

/** The two neighbours that a sample lies between, and the share of the higher one. */
interface Tap {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/**
 * `count` samples at the centres of equal parts of `from`...`from + length`, within the pixels that the part touches.
 */
function taps(from: number, length: number, size: number, count: number): Tap[] {
  const first = Math.floor(from);
  const last = Math.min(size, Math.ceil(from + length)) - 1;
  return Array.from({ length: count }, (_, i) => {
    const centre = from + ((i + 0.5) * length) / count - 0.5;
    const within = Math.min(Math.max(centre, first), last);
    const low = Math.floor(within);
    return { low, high: Math.min(low + 1, last), share: within - low };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** The image moved down and right by whole pixels; the uncovered pixels are 0. */
export function shifted(image: Image, down: number, right: number): Image {
  const { height: H, width: W, channels: C, pixels } = image;
  const out = new Uint8Array(pixels.length);
  const copied = W - Math.abs(right);
  if (copied <= 0) return withPixels(image, out);
  for (let y = Math.max(0, down); y < Math.min(H, H + down); y++) {
    const from = ((y - down) * W + Math.max(0, -right)) * C;
    out.set(pixels.subarray(from, from + copied * C), (y * W + Math.max(0, right)) * C);
  }
  return withPixels(image, out);
}

/** The image mirrored left to right. */
export function flipped(image: Image): Image {
  const { height: H, width: W, channels: C, pixels } = image;
  const out = new Uint8Array(pixels.length);
  let at = 0;
  for (let y = 0; y < H; y++) {
    for (let x = W - 1; x >= 0; x--) for (let c = 0; c < C; c++) out[at++] = pixels[(y * W + x) * C + c] as number;
  }
  return withPixels(image, out);
}

/** The image with the whole pixels of a rectangle set to 0. */
export function erased(image: Image, { top, left, height, width }: Rectangle): Image {
  const { width: W, channels: C } = image;
  const out = new Uint8Array(image.pixels);
  for (let y = top; y < top + height; y++) out.fill(0, (y * W + left) * C, (y * W + left + width) * C);
  return withPixels(image, out);
}

/** Blends `share` of `a` with the rest of `b`, resized to `a`, pixel by pixel, rounded to the nearest integer. */
export function blended(a: Image, b: Image, share: number): Image {
  const { pixels: other } = ofSize(b, a);
  return withPixels(
    a,
    a.pixels.map((pixel, i) => Math.round(mix(other[i] as number, pixel, share))),
  );
}

/** `a` with the whole pixels of a rectangle replaced by those of `b`, resized to `a`. */
export function pasted(a: Image, b: Image, { top, left, height, width }: Rectangle): Image {
  const { pixels: other } = ofSize(b, a);
  const { width: W, channels: C } = a;
  const out = new Uint8Array(a.pixels);
  for (let y = top; y < top + height; y++) {
    const from = (y * W + left) * C;
    out.set(other.subarray(from, from + width * C), from);
  }
  return withPixels(a, out);
}

function ofSize(image: Image, to: Size): Image {
  const isSameSize = image.height === to.height && image.width === to.width;
  return isSameSize ? image : cropped(image, { top: 0, left: 0, height: image.height, width: image.width }, to);
}

function withPixels({ height, width, channels }: Image, pixels: Uint8Array): Image {
  return { height, width, channels, pixels };
}
