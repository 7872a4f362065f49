/// <reference lib="dom" />
/**
 * A picture as the network's input: decoded by the browser, then cut and resized by the program's own code, as the
 * evaluation does it, which the export copies next to this module.
 */
import { resized } from '#data/images/augment/resample';
import { centralRectangle } from '#data/images/fit';
import type { Image } from '#data/images/image-source';

/** The content of `preprocessing.json` as far as the page needs it. */
export interface Preprocessing {
  /** `batch`, height, width, channels. */
  readonly shape: readonly ['batch', number, number, number];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The resizing of the evaluation; absent if its images had the network's size. */
  readonly resize?: { readonly centralCrop: number };
}

const mostPixels = 2 ** 24; // of a canvas in Safari on phones

/**
 * Decodes a picture to RGB, upright and without colour profile. One of more pixels than the canvas of every browser
 * holds is first shrunk by the browser. Rejects for what the browser cannot decode.
 */
export async function decoded(file: Blob): Promise<Image> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
  try {
    return rgbOf(pixelsOf(bitmap));
  } finally {
    bitmap.close();
  }
}

function pixelsOf(bitmap: ImageBitmap): ImageData {
  const scale = Math.min(1, Math.sqrt(mostPixels / (bitmap.width * bitmap.height)));
  const [width, height] = [Math.floor(bitmap.width * scale), Math.floor(bitmap.height * scale)];
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function rgbOf({ width, height, data }: ImageData): Image {
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    for (let c = 0; c < 3; c++) pixels[to++] = data[from + c] as number;
  }
  return { width, height, channels: 3, pixels };
}

/** The part of a picture that the network sees, in the network's size and channels. */
export function viewOf(image: Image, { shape, resize }: Preprocessing): Image {
  const [, height, width, channels] = shape;
  const fit = { height, width, centralCrop: resize?.centralCrop ?? 1 };
  return resized(channels === 1 ? grey(image) : image, centralRectangle(image, fit), fit);
}

/** Luma of ITU-R 601 in the integers of Pillow's `convert('L')`. */
export function grey({ pixels, ...size }: Image): Image {
  const luma = (at: number) =>
    ((pixels[at] as number) * 19595 +
      (pixels[at + 1] as number) * 38470 +
      (pixels[at + 2] as number) * 7471 +
      0x8000) >>
    16;
  return { ...size, channels: 1, pixels: Uint8Array.from({ length: size.width * size.height }, (_, i) => luma(3 * i)) };
}

/** Input values of the network [H, W, C] from pixels of 8 bits: (pixel / 255 - mean) / std for each channel. */
export function normalised({ pixels, channels }: Image, { mean, std }: Preprocessing): Float32Array {
  const scale = std.map((s) => 1 / (255 * s));
  const shift = std.map((s, c) => -(mean[c] as number) / s);
  return Float32Array.from(pixels, (pixel, i) => {
    const c = i % channels;
    return pixel * (scale[c] as number) + (shift[c] as number);
  });
}

/** Draws a view, one pixel for each. */
export function draw({ width, height, channels, pixels }: Image, canvas: HTMLCanvasElement): void {
  Object.assign(canvas, { width, height });
  const data = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data.data[4 * i + c] = pixels[channels * i + (channels === 1 ? 0 : c)] as number;
    data.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(data, 0, 0);
}
