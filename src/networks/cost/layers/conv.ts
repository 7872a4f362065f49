/** The layer of a plain convolution block. */
import { type ConvSpec, strided } from '#networks/space/block';
import { conv, type Layer, type Shape } from './layer.js';

export function convLayers(block: ConvSpec, input: Shape, name: string): Layer[] {
  const output: Shape = [strided(input[0], block.stride), strided(input[1], block.stride), block.out];
  return [conv(name, block.kernel, input, output)];
}
