/** Cutting rectangles out of raw images: pure functions on pixels [H, W, C], each with a new array as its result. */
import type { Shape } from '#data/images/image-source';

/** A part of an image in pixels; the edges may lie between pixels. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The rectangle scaled to the whole image's size, bilinear between pixel centres, rounded to the nearest integer. */
export function cropped(image: Uint8Array, shape: Shape, { top, left, height, width }: Rectangle): Uint8Array {
  const [H, W, C] = shape;
  const rows = taps(top, height, H);
  const columns = taps(left, width, W);
  const out = new Uint8Array(image.length);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let c = 0; c < C; c++) {
        const pixel = (y: number, x: number) => image[(y * W + x) * C + c] as number;
        const upper = mix(pixel(row.low, column.low), pixel(row.low, column.high), column.share);
        const lower = mix(pixel(row.high, column.low), pixel(row.high, column.high), column.share);
        out[at++] = Math.round(mix(upper, lower, row.share));
      }
    }
  }
  return out;
}

/** The two neighbours that a sample lies between, and the share of the higher one. */
interface Tap {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** `size` samples at the centres of equal parts of `from`…`from + length`, within the pixels that the part touches. */
function taps(from: number, length: number, size: number): Tap[] {
  const first = Math.floor(from);
  const last = Math.min(size, Math.ceil(from + length)) - 1;
  return Array.from({ length: size }, (_, i) => {
    const centre = from + ((i + 0.5) * length) / size - 0.5;
    const within = Math.min(Math.max(centre, first), last);
    const low = Math.floor(within);
    return { low, high: Math.min(low + 1, last), share: within - low };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** The image moved down and right by whole pixels; what comes in is 0. */
export function shifted(image: Uint8Array, [H, W, C]: Shape, down: number, right: number): Uint8Array {
  const out = new Uint8Array(image.length);
  const copied = W - Math.abs(right);
  if (copied <= 0) return out;
  for (let y = Math.max(0, down); y < Math.min(H, H + down); y++) {
    const from = ((y - down) * W + Math.max(0, -right)) * C;
    out.set(image.subarray(from, from + copied * C), (y * W + Math.max(0, right)) * C);
  }
  return out;
}

/** The image mirrored left to right. */
export function flipped(image: Uint8Array, [H, W, C]: Shape): Uint8Array {
  const out = new Uint8Array(image.length);
  let at = 0;
  for (let y = 0; y < H; y++) {
    for (let x = W - 1; x >= 0; x--) for (let c = 0; c < C; c++) out[at++] = image[(y * W + x) * C + c] as number;
  }
  return out;
}

/** The image with the whole pixels of a rectangle set to 0. */
export function erased(image: Uint8Array, [, W, C]: Shape, { top, left, height, width }: Rectangle): Uint8Array {
  const out = new Uint8Array(image);
  for (let y = top; y < top + height; y++) out.fill(0, (y * W + left) * C, (y * W + left + width) * C);
  return out;
}

/** `share` of `a` and the rest of `b`, pixel by pixel, rounded to the nearest integer. */
export function blended(a: Uint8Array, b: Uint8Array, share: number): Uint8Array {
  return a.map((pixel, i) => Math.round(mix(b[i] as number, pixel, share)));
}
