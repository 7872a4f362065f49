/** Latencies of layers and networks on a device. */
import { assertNever } from '#core/assert-never';
import type { Layer } from '#networks/cost/layers/layer';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import type { Architecture } from '#networks/space/space';
import type { Device } from './device.js';
import { measuredMs } from './latency-table.js';
import { layerMs } from './roofline.js';

/** Latency of a layer in ms, from the roofline model or as measured. */
export function layerLatencyMs(layer: Layer, device: Device): number {
  switch (device.kind) {
    case 'roofline':
      return layerMs(layerLoad(layer, device), device);
    case 'table':
      return measuredMs(layer, device.table);
    default:
      return assertNever(device);
  }
}

/** Latency of a network in ms: the sum over its layers. */
export function latencyMs(network: Architecture, device: Device): number {
  return layersOf(network).reduce((sum, layer) => sum + layerLatencyMs(layer, device), 0);
}
