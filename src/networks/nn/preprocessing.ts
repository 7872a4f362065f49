/** Conversion of 8-bit images into the input of an exported or imported network. */
import type { z } from 'zod';
import { list, quantity, record, word } from '#core/documents/conform';
import { permuted } from '#core/permuted';
import { type NetworkInput, pixelNorm } from '#networks/space/space';
import { sizeOf } from '#networks/tensor/backend';

const layouts = ['NCHW', 'NHWC'] as const;

/** (pixel / 255 - mean) / std for each channel, and the order of the axes. */
export const preprocessingSchema = record({
  layout: word(...layouts)
    .default('NCHW')
    .describe('Order of the axes'),
  mean: list(
    quantity('a share of the brightest pixel', { min: 0, max: 1 }),
    'a list with a mean for each channel',
  ).describe('Mean to subtract from each channel, as a share of the brightest pixel'),
  std: list(
    quantity('a deviation from 1e-4 to 1e4', { min: 1e-4, max: 1e4 }),
    'a list with a deviation for each channel',
  ).describe('Standard deviation to divide each channel by'),
});

export type Preprocessing = z.output<typeof preprocessingSchema>;

/** Preprocessing of one of our networks: pixels from -1 to 1 unless its input says otherwise. */
export function preprocessingFor(layout: Preprocessing['layout'], input: NetworkInput): Preprocessing {
  const { mean, std } = pixelNorm(input);
  return { layout, mean: [...mean], std: [...std] };
}

/** The extents of a batch of images [n, H, W, C] in a layout. */
export function extentsIn(layout: Preprocessing['layout'], [n, height, width, channels]: readonly number[]): number[] {
  const [count, rows, columns, depth] = [n, height, width, channels] as [number, number, number, number];
  return layout === 'NCHW' ? [count, depth, rows, columns] : [count, rows, columns, depth];
}

/** Factor for pixels from 0 to 255, and the shift added afterwards, for each channel. */
export function pixelScale({ mean, std }: Pick<Preprocessing, 'mean' | 'std'>): { scale: number[]; shift: number[] } {
  return { scale: std.map((s) => 1 / (255 * s)), shift: std.map((s, c) => -(mean[c] as number) / s) };
}

/**
 * Input values of a network, in its layout.
 *
 * @param images  raw pixels [n, H, W, C]
 */
export function preprocessed(images: Uint8Array, shape: readonly number[], how: Preprocessing): Float32Array {
  const channels = shape.at(-1) as number;
  const { scale, shift } = pixelScale(how);
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) {
    const c = i % channels;
    values[i] = (images[i] as number) * (scale[c] as number) + (shift[c] as number);
  }
  return how.layout === 'NCHW' ? permuted({ shape, values }, [0, 3, 1, 2]).values : values;
}
