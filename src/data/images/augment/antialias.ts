/**
 * Antialiased bilinear resizing in the arithmetic of Pillow's `resize(size, BILINEAR)`: weights of 22 bits, columns
 * first, rounded to 8 bits, then rows. Integers give the same result on every machine. Pillow 13 takes the rows first in
 * some shapes and then differs by 1.
 */
import type { Image } from '#data/images/image-source';

/** The source pixels along one axis that make up each of `count` target pixels, and their weights. */
export interface Taps {
  readonly count: number;
  /** The first source pixel of each target pixel [count]. */
  readonly first: Int32Array;
  /** The number of source pixels of each target pixel [count]. */
  readonly length: Int32Array;
  /** Weights in 2^-22 [count, stride]. */
  readonly weights: Int32Array;
  readonly stride: number;
}

const weightBits = 22; // 32 less 8 of a pixel and 2 for sums, as in Pillow

/**
 * Taps of a triangle filter between the centres of `count` equal parts of `from`...`from + length`. When shrinking, the
 * triangle is as wide as two parts; when enlarging, as two source pixels, which is bilinear interpolation. Pixels that
 * the part does not touch have no weight.
 */
export function triangleTaps(from: number, length: number, size: number, count: number): Taps {
  const start = Math.floor(from);
  const touched = Math.min(size, Math.ceil(from + length)) - start;
  const scale = length / count;
  const support = Math.max(scale, 1);
  const stride = 2 * Math.ceil(support) + 1;
  const taps = { count, first: new Int32Array(count), length: new Int32Array(count), stride };
  const weights = new Int32Array(count * stride);
  for (let i = 0; i < count; i++) {
    const centre = from - start + (i + 0.5) * scale;
    const low = Math.max(Math.trunc(centre - support + 0.5), 0);
    const high = Math.min(Math.trunc(centre + support + 0.5), touched);
    taps.first[i] = start + low;
    taps.length[i] = high - low;
    weights.set(integerWeights(high - low, low - centre + 0.5, support), i * stride);
  }
  return { ...taps, weights };
}

/** Weights in 2^-22 of `n` pixels whose centres lie at `from`, `from + 1`, ... from the triangle's. */
function integerWeights(n: number, from: number, support: number): number[] {
  const heights = Array.from({ length: n }, (_, k) => Math.max(1 - Math.abs((k + from) * (1 / support)), 0));
  const sum = heights.reduce((a, b) => a + b, 0);
  return heights.map((height) => Math.trunc(0.5 + height * (1 / sum) * 2 ** weightBits));
}

/** The image whose pixels are the weighted sums of those that `rows` and `columns` name. */
export function weighted(image: Image, rows: Taps, columns: Taps): Image {
  const { channels } = image;
  const top = rows.first[0] as number;
  const end = (rows.first[rows.count - 1] as number) + (rows.length[rows.count - 1] as number);
  const narrow = weightedColumns(image, top, end, columns);
  const rowLength = columns.count * channels;
  const pixels = new Uint8Array(rows.count * rowLength);
  for (let y = 0; y < rows.count; y++) {
    const from = ((rows.first[y] as number) - top) * rowLength;
    for (let x = 0; x < rowLength; x++) {
      pixels[y * rowLength + x] = sumOf(narrow, from + x, rowLength, rows, y);
    }
  }
  return { height: rows.count, width: columns.count, channels, pixels };
}

/** The weighted columns of the rows `top`...`end`-1, [end - top, columns, channels]. */
function weightedColumns({ width, channels, pixels }: Image, top: number, end: number, columns: Taps): Uint8Array {
  const out = new Uint8Array((end - top) * columns.count * channels);
  let at = 0;
  for (let y = top; y < end; y++) {
    for (let x = 0; x < columns.count; x++) {
      const from = (y * width + (columns.first[x] as number)) * channels;
      for (let c = 0; c < channels; c++) out[at++] = sumOf(pixels, from + c, channels, columns, x);
    }
  }
  return out;
}

/** The weighted sum of target `i` over the pixels at `from`, `from + step`, ..., rounded; ties go up. */
function sumOf(pixels: Uint8Array, from: number, step: number, { length, weights, stride }: Taps, i: number): number {
  let sum = 1 << (weightBits - 1);
  for (let k = 0; k < (length[i] as number); k++) {
    sum += (pixels[from + k * step] as number) * (weights[i * stride + k] as number);
  }
  return Math.min(sum >> weightBits, 255);
}
