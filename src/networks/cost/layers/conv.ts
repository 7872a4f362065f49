/** The layer of a plain convolution block. */
import { type ConvSpec, strided } from '#networks/space/block';
import { conv, type Layer, type MapShape } from './layer.js';

export function convLayers(block: ConvSpec, input: MapShape, name: string): Layer[] {
  const output: MapShape = [strided(input[0], block.stride), strided(input[1], block.stride), block.out];
  return [conv(name, block.kernel, input, output)];
}
