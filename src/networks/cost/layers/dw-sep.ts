/** Layers of a depthwise separable convolution, in the order of `DwSepSpec`. */
import { type DwSepSpec, strided } from '#networks/space/block';
import { depthwise, type Layer, pointwise, type Shape } from './layer.js';

export function dwSepLayers({ kernel, stride, out }: DwSepSpec, input: Shape, name: string): Layer[] {
  const filtered: Shape = [strided(input[0], stride), strided(input[1], stride), input[2]];
  return [depthwise(`${name}.dw`, kernel, input, filtered), pointwise(`${name}.project`, filtered, out)];
}
