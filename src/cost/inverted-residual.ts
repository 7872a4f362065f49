/** Layers of an inverted residual, in the order of `InvertedResidualSpec`. */
import { expandedChannels, type InvertedResidualSpec, isResidual, squeezedChannels, strided } from '../space/block.js';
import { adding, biased, depthwise, type Layer, multiply, pointwise, pool, type Shape } from './layer.js';

export function invertedResidualLayers(block: InvertedResidualSpec, input: Shape, name: string): Layer[] {
  const [height, width, channels] = input;
  const { kernel, stride, expand, squeeze, out } = block;
  const wide: Shape = expand === 1 ? input : [height, width, expandedChannels(channels, expand)];
  const filtered: Shape = [strided(height, stride), strided(width, stride), wide[2]];
  const project = pointwise(`${name}.project`, filtered, out);
  return [
    ...(expand === 1 ? [] : [pointwise(`${name}.expand`, input, wide[2])]),
    depthwise(`${name}.dw`, kernel, wide, filtered),
    ...(squeeze ? squeezeLayers(filtered, `${name}.squeeze`) : []),
    isResidual(channels, block) ? adding(project) : project,
  ];
}

/** Squeeze-and-excitation: the map's mean through two layers with bias becomes a factor for each channel. */
function squeezeLayers(map: Shape, name: string): Layer[] {
  const [, , channels] = map;
  const squeezed = squeezedChannels(channels);
  return [
    pool(`${name}.pool`, map),
    pointwise(`${name}.reduce`, [1, 1, channels], squeezed, biased(squeezed)),
    pointwise(`${name}.excite`, [1, 1, squeezed], channels, biased(channels)),
    multiply(`${name}.scale`, map),
  ];
}
