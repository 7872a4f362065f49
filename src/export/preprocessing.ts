/** What others' tools do to images before they give them to an exported network. */

import { permuted } from '../core/permuted.js';
import type { Architecture } from '../space/space.js';
import type { Exporter } from './exporter.js';

/** What is done to an image of 8 bits: (pixel / 255 - mean) / std, which takes it to -1…1 as `Model` does. */
export function preprocessingOf({ input }: Pick<Architecture, 'input'>, layout: Exporter['layout']) {
  const { resolution, channels } = input;
  const each = (value: number) => Array.from({ length: channels }, () => value);
  const shape =
    layout === 'NCHW' ? ['batch', channels, resolution, resolution] : ['batch', resolution, resolution, channels];
  return { dtype: 'float32', layout, shape, scale: 1 / 255, mean: each(0.5), std: each(0.5) };
}

/** Pixels of 8 bits as float32 from -1 to 1. */
export function normalized(images: Uint8Array): Float32Array {
  return Float32Array.from(images, (value) => value / 127.5 - 1);
}

/** Images [n, H, W, C] as [n, C, H, W]. */
export function channelsFirst(values: Float32Array, shape: readonly number[]): Float32Array {
  return permuted({ shape, values }, [0, 3, 1, 2]).values as Float32Array;
}
