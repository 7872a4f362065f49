/** The roofline model: a layer takes as long as the slower of its arithmetic and its memory traffic. */
import type { Architecture } from '../space/space.js';
import type { Device } from './device.js';
import { layersOf } from './layers-of.js';
import { type LayerLoad, loadOf } from './load.js';

/**
 * Roofline latency of one layer in ms: the slower of computing and moving.
 * MobileNetV4, "Roofline Model" (arXiv:2404.10518).
 */
export function layerMs(load: LayerLoad, device: Device): number {
  return Math.max(computeMs(load, device), memoryMs(load, device)) + device.overheadMs;
}

/** Roofline latency of a network in ms: the sum over its layers. */
export function latencyMs(network: Architecture, device: Device): number {
  return layersOf(network).reduce((sum, layer) => sum + layerMs(loadOf(layer, device), device), 0);
}

/** What a layer waits for. */
export function bound(load: LayerLoad, device: Device): 'compute' | 'memory' {
  return computeMs(load, device) >= memoryMs(load, device) ? 'compute' : 'memory';
}

/** MACs per byte at which computing and moving take equally long. */
export function ridgePoint({ peakMacsPerMs, peakBytesPerMs }: Device): number {
  return peakMacsPerMs / peakBytesPerMs;
}

function computeMs(load: LayerLoad, device: Device): number {
  return load.macs / device.peakMacsPerMs;
}

function memoryMs(load: LayerLoad, device: Device): number {
  return (load.weightBytes + load.activationBytes) / device.peakBytesPerMs;
}
