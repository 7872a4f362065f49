/** What layers and networks take on a device. */
import { assertNever } from '../core/assert-never.js';
import type { Architecture } from '../space/space.js';
import type { Device } from './device.js';
import { measuredMs } from './latency-table.js';
import type { Layer } from './layer.js';
import { layersOf } from './layers-of.js';
import { loadOf } from './load.js';
import { layerMs } from './roofline.js';

/** What a layer takes in ms: by the roofline, or as measured. */
export function layerLatencyMs(layer: Layer, device: Device): number {
  switch (device.kind) {
    case 'roofline':
      return layerMs(loadOf(layer, device), device);
    case 'table':
      return measuredMs(layer, device.table);
    default:
      return assertNever(device);
  }
}

/** What a network takes in ms: the sum over its layers. */
export function latencyMs(network: Architecture, device: Device): number {
  return layersOf(network).reduce((sum, layer) => sum + layerLatencyMs(layer, device), 0);
}
