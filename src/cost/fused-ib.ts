/** Layers of a fused inverted bottleneck, in the order of `FusedIbSpec`. */
import { expandedChannels, type FusedIbSpec, isResidual, strided } from '../space/block.js';
import { adding, conv, type Layer, pointwise, type Shape } from './layer.js';

export function fusedIbLayers(block: FusedIbSpec, input: Shape, name: string): Layer[] {
  const [height, width, channels] = input;
  const { stride } = block;
  const expanded: Shape = [strided(height, stride), strided(width, stride), expandedChannels(channels, block.expand)];
  const project = pointwise(`${name}.project`, expanded, block.out);
  return [
    conv(`${name}.expand`, block.kernel, input, expanded),
    isResidual(channels, block) ? adding(project) : project,
  ];
}
