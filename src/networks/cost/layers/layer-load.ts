/** What a device has to do for a layer. */
import type { Layer } from './layer.js';

/** All that the roofline model sees of a network. */
export interface LayerLoad {
  readonly name: string;
  readonly macs: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
}

/** How a device stores values. */
export interface BytesPerValue {
  readonly bytesPerWeight: number;
  readonly bytesPerActivation: number;
}

/** A layer's load under a device's bytes per value. */
export function layerLoad(layer: Layer, device: BytesPerValue): LayerLoad {
  return {
    name: layer.name,
    macs: layer.macs,
    weightBytes: layer.weights * device.bytesPerWeight,
    activationBytes: layer.activations * device.bytesPerActivation,
  };
}
