/** The load that a layer puts on a device. */
import type { Layer } from './layer.js';

/** Arithmetic and memory traffic of one layer, all that the roofline model reads. */
export interface LayerLoad {
  readonly name: string;
  readonly macs: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
}

/** Size of values in a device's memory. */
export interface BytesPerValue {
  readonly bytesPerWeight: number;
  readonly bytesPerActivation: number;
}

/** The load of a layer on a device with these bytes per value. */
export function layerLoad(layer: Layer, device: BytesPerValue): LayerLoad {
  return {
    name: layer.name,
    macs: layer.macs,
    weightBytes: layer.weights * device.bytesPerWeight,
    activationBytes: layer.activations * device.bytesPerActivation,
  };
}
