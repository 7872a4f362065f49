/** The roofline model: a layer takes as long as the slower of its arithmetic and its memory traffic. */

import type { LayerLoad } from '#networks/cost/layers/layer-load';
import type { RooflineDevice } from './device.js';

/**
 * Roofline latency of one layer in ms: the slower of computing and moving.
 * MobileNetV4, "Roofline Model" (arXiv:2404.10518).
 */
export function layerMs(load: LayerLoad, device: RooflineDevice): number {
  return Math.max(computeMs(load, device), memoryMs(load, device)) + device.overheadMs;
}

/** The slower of computing and moving, which bounds the layer's latency; compute if they are equal. */
export function bound(load: LayerLoad, device: RooflineDevice): 'compute' | 'memory' {
  return computeMs(load, device) >= memoryMs(load, device) ? 'compute' : 'memory';
}

/** MACs per byte at which computing and moving take equally long. */
export function ridgePoint({ peakMacsPerMs, peakBytesPerMs }: RooflineDevice): number {
  return peakMacsPerMs / peakBytesPerMs;
}

function computeMs(load: LayerLoad, device: RooflineDevice): number {
  return load.macs / device.peakMacsPerMs;
}

function memoryMs(load: LayerLoad, device: RooflineDevice): number {
  return (load.weightBytes + load.activationBytes) / device.peakBytesPerMs;
}
