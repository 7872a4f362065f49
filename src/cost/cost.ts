/** The costs that a search can be held to: each a sum over a network's layers. */
import { assertNever } from '../core/assert-never.js';
import type { Architecture } from '../space/space.js';
import type { Device } from './device.js';
import type { Layer } from './layer.js';
import { layersOf } from './layers-of.js';
import { loadOf } from './load.js';
import { layerMs } from './roofline.js';

export type CostSpec =
  | { readonly cost: 'macs' }
  | { readonly cost: 'params' }
  | { readonly cost: 'latency'; readonly device: Device };

/** `macs`, `params`, or `latencyMs@DEVICE`: the name of a cost in events, tables and JSON. */
export function costName(spec: CostSpec): string {
  return spec.cost === 'latency' ? `latencyMs@${spec.device.name}` : spec.cost;
}

/** What one layer adds to a cost: MACs, parameters, or ms. */
export function layerCost(spec: CostSpec, layer: Layer): number {
  switch (spec.cost) {
    case 'macs':
      return layer.macs;
    case 'params':
      return layer.params;
    case 'latency':
      return layerMs(loadOf(layer, spec.device), spec.device);
    default:
      return assertNever(spec);
  }
}

/** A cost of a closed network. */
export function costOf(spec: CostSpec, network: Architecture): number {
  return layersOf(network).reduce((sum, layer) => sum + layerCost(spec, layer), 0);
}
