/** Layers of an inverted residual, in the order of `InvertedResidualSpec`. */
import {
  expandedChannels,
  type InvertedResidualSpec,
  isResidual,
  squeezedChannels,
  strided,
} from '#networks/space/block';
import {
  biased,
  depthwise,
  holding,
  type Layer,
  type MapShape,
  multiply,
  pointwise,
  pool,
  residual,
  size,
} from './layer.js';

export function invertedResidualLayers(block: InvertedResidualSpec, input: MapShape, name: string): Layer[] {
  const [height, width, channels] = input;
  const { kernel, stride, expand, squeeze, out } = block;
  const wide: MapShape = expand === 1 ? input : [height, width, expandedChannels(channels, expand)];
  const filtered: MapShape = [strided(height, stride), strided(width, stride), wide[2]];
  const layers = [
    ...(expand === 1 ? [] : [pointwise(`${name}.expand`, input, wide[2])]),
    depthwise(`${name}.dw`, kernel, wide, filtered),
    ...(squeeze ? squeezeLayers(filtered, `${name}.squeeze`) : []),
    pointwise(`${name}.project`, filtered, out),
  ];
  return isResidual(channels, block) ? residual(layers, input) : layers;
}

/** Layers of a squeeze-and-excitation: two layers with bias turn the map's mean into a factor for each channel. */
function squeezeLayers(map: MapShape, name: string): Layer[] {
  const [, , channels] = map;
  const squeezed = squeezedChannels(channels);
  return [
    pool(`${name}.pool`, map),
    holding(pointwise(`${name}.reduce`, [1, 1, channels], squeezed, biased(squeezed)), size(map)),
    holding(pointwise(`${name}.excite`, [1, 1, squeezed], channels, biased(channels)), size(map)),
    multiply(`${name}.scale`, map),
  ];
}
