/** Layers of a universal inverted bottleneck, in the order of `UibSpec`. */
import { expandedChannels, isResidual, strided, type UibSpec } from '#networks/space/block';
import { depthwise, type Layer, type MapShape, pointwise, residual, scaled } from './layer.js';

/** @param layerScale  true if the projection's channels have scales */
export function uibLayers(block: UibSpec, input: MapShape, name: string, layerScale: boolean): Layer[] {
  const { startKernel, midKernel, stride } = block;
  const layers: Layer[] = [];
  let shape = input;
  const add = (layer: Layer) => {
    layers.push(layer);
    shape = layer.output;
  };
  if (startKernel > 0) {
    const output = midKernel > 0 ? shape : smaller(shape, stride);
    add(depthwise(`${name}.start`, startKernel, shape, output));
  }
  add(pointwise(`${name}.expand`, shape, expandedChannels(input[2], block.expand)));
  if (midKernel > 0) add(depthwise(`${name}.mid`, midKernel, shape, smaller(shape, stride)));
  const project = pointwise(`${name}.project`, shape, block.out);
  add(layerScale ? scaled(project) : project);
  return isResidual(input[2], block) ? residual(layers, input) : layers;
}

function smaller([height, width, channels]: MapShape, stride: number): MapShape {
  return [strided(height, stride), strided(width, stride), channels];
}
