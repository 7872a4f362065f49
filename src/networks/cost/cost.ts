/** The costs that a search can target: each the sum or the maximum over a network's layers. */
import { assertNever } from '#core/assert-never';
import type { Layer } from '#networks/cost/layers/layer';
import { layersOf } from '#networks/cost/layers/layers-of';
import type { Architecture } from '#networks/space/space';
import type { Device } from './device.js';
import { layerLatencyMs } from './latency.js';

export type CostSpec =
  | { readonly cost: 'macs' }
  | { readonly cost: 'params' }
  | { readonly cost: 'latency'; readonly device: Device }
  | { readonly cost: 'peakMemory'; readonly bytesPerActivation: number };

/** The name of a cost in events, tables and JSON: `macs`, `params`, `latencyMs@DEVICE` or `peakMemory`. */
export function costName(spec: CostSpec): string {
  return spec.cost === 'latency' ? `latencyMs@${spec.device.name}` : spec.cost;
}

/** A cost of one layer: MACs, parameters, ms, or the bytes of the activations that are alive while it runs. */
export function layerCost(spec: CostSpec, layer: Layer): number {
  switch (spec.cost) {
    case 'macs':
      return layer.macs;
    case 'params':
      return layer.params;
    case 'latency':
      return layerLatencyMs(layer, spec.device);
    case 'peakMemory':
      return (layer.activations + layer.held) * spec.bytesPerActivation;
    default:
      return assertNever(spec);
  }
}

/** True if the whole costs the sum of its parts; peak memory is instead the maximum over the parts. */
export function addsUp({ cost }: CostSpec): boolean {
  return cost !== 'peakMemory';
}

/** Combines the cost of a whole with that of one more part, by sum or maximum. */
export function joined(spec: CostSpec, whole: number, part: number): number {
  return addsUp(spec) ? whole + part : Math.max(whole, part);
}

/** A cost of a closed network. */
export function costOf(spec: CostSpec, network: Architecture): number {
  return layersOf(network).reduce((whole, layer) => joined(spec, whole, layerCost(spec, layer)), 0);
}
