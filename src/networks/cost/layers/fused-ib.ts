/** Layers of a fused inverted bottleneck, in the order of `FusedIbSpec`. */
import { expandedChannels, type FusedIbSpec, isResidual, strided } from '#networks/space/block';
import { conv, type Layer, type MapShape, pointwise, residual } from './layer.js';

export function fusedIbLayers(block: FusedIbSpec, input: MapShape, name: string): Layer[] {
  const [height, width, channels] = input;
  const { stride } = block;
  const expanded: MapShape = [
    strided(height, stride),
    strided(width, stride),
    expandedChannels(channels, block.expand),
  ];
  const layers = [
    conv(`${name}.expand`, block.kernel, input, expanded),
    pointwise(`${name}.project`, expanded, block.out),
  ];
  return isResidual(channels, block) ? residual(layers, input) : layers;
}
