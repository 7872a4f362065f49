/** Heights and widths of images: `192` of a square, `192x256` (height first) as files of rows, flags and names have them. */

import { strided } from './block.js';

/** Height and width of an image; one number where they are equal. */
export type Resolution = number | { readonly height: number; readonly width: number };

export const leastSide = 4; // pixels
export const mostSide = 2048;

export type Sides = readonly [height: number, width: number];

export function sidesOf(resolution: Resolution): Sides {
  return typeof resolution === 'number' ? [resolution, resolution] : [resolution.height, resolution.width];
}

/** One number where both sides are equal, so that a square has one form. */
export function resolutionOf(height: number, width: number): Resolution {
  return height === width ? height : { height, width };
}

/** Height and width after a layer of that stride. */
export function stridedMap([height, width]: Sides, stride: number): Sides {
  return [strided(height, stride), strided(width, stride)];
}

export function resolutionText(resolution: Resolution): string {
  return typeof resolution === 'number' ? String(resolution) : sidesOf(resolution).join('x');
}

/** The resolution that a text is; undefined where it is none within bounds. */
export function parsedResolution(text: string): Resolution | undefined {
  const [, height, width = height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const sides = [height, width].map(Number) as [number, number];
  return sides.every((side) => side >= leastSide && side <= mostSide) ? resolutionOf(...sides) : undefined;
}

export const resolutionWhat = `a resolution from ${leastSide} to ${mostSide}, or HEIGHTxWIDTH`;

/** Height, width and channels of what a network is given. */
export function inputShape(input: {
  readonly resolution: Resolution;
  readonly channels: number;
}): readonly [height: number, width: number, channels: number] {
  return [...sidesOf(input.resolution), input.channels];
}

/** Values of one image. */
export function inputSize(input: Parameters<typeof inputShape>[0]): number {
  const [height, width, channels] = inputShape(input);
  return height * width * channels;
}
