/** Layers of a depthwise separable convolution, in the order of `DwSepSpec`. */
import { type DwSepSpec, strided } from '#networks/space/block';
import { depthwise, type Layer, type MapShape, pointwise } from './layer.js';

export function dwSepLayers({ kernel, stride, out }: DwSepSpec, input: MapShape, name: string): Layer[] {
  const filtered: MapShape = [strided(input[0], stride), strided(input[1], stride), input[2]];
  return [depthwise(`${name}.dw`, kernel, input, filtered), pointwise(`${name}.project`, filtered, out)];
}
