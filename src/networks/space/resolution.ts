/** Heights and widths of images; in CSV files, flags and names, a square is `192`, another `192x256` (height first). */

import { leastSide, mostSide } from '#data/images/resolution-schema';
import { strided } from './block.js';

/** Height and width of an image; one number if they are equal. */
export type Resolution = number | { readonly height: number; readonly width: number };

export type Sides = readonly [height: number, width: number];

export function sidesOf(resolution: Resolution): Sides {
  return typeof resolution === 'number' ? [resolution, resolution] : [resolution.height, resolution.width];
}

/** Builds a resolution: one number if both sides are equal, so that a square has one form. */
export function resolutionOf(height: number, width: number): Resolution {
  return height === width ? height : { height, width };
}

/** Height and width after a layer with this stride. */
export function stridedMap([height, width]: Sides, stride: number): Sides {
  return [strided(height, stride), strided(width, stride)];
}

export function resolutionText(resolution: Resolution): string {
  return typeof resolution === 'number' ? String(resolution) : sidesOf(resolution).join('x');
}

/** Parses a resolution; undefined if the text is not one or a side is out of bounds. */
export function parsedResolution(text: string): Resolution | undefined {
  const [, height, width = height] = /^(\d+)(?:x(\d+))?$/.exec(text) ?? [];
  const sides = [height, width].map(Number) as [number, number];
  return sides.every((side) => side >= leastSide && side <= mostSide) ? resolutionOf(...sides) : undefined;
}

export const resolutionWhat = `a resolution from ${leastSide} to ${mostSide}, or HEIGHTxWIDTH`;

/** Height, width and channels of a network's input. */
export function inputShape(input: {
  readonly resolution: Resolution;
  readonly channels: number;
}): readonly [height: number, width: number, channels: number] {
  return [...sidesOf(input.resolution), input.channels];
}

/** Number of values in one image. */
export function inputSize(input: Parameters<typeof inputShape>[0]): number {
  const [height, width, channels] = inputShape(input);
  return height * width * channels;
}
