/** Contents and costs of a network or space, as `describe --json` prints them; fields may be added, not renamed. */

import type { Layer } from '#networks/cost/layers/layer';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { layersOf } from '#networks/cost/layers/layers-of';
import { countNetworks } from '#networks/space/networks';
import type { Architecture, Decisions, Space } from '#networks/space/space';
import { spaceSize } from '#networks/space/space-size';
import { type CostSpec, costOf } from './cost.js';
import { costTable } from './cost-table.js';
import type { Device } from './device.js';
import { latencyMs, layerLatencyMs } from './latency.js';
import { bound } from './roofline.js';

/** A device under the name that the user gave it. */
export interface NamedDevice {
  readonly name: string;
  readonly device: Device;
}

export type NetworkDescription = ReturnType<typeof networkDescription>;

/**
 * Returns the output of `describe --json` for a network. Folded parameters are those that inference keeps once batch
 * norms and scales are folded into kernels and biases. Bytes are those on the first device, or int8 (one per value)
 * without a device.
 */
export function networkDescription(network: Architecture, devices: readonly NamedDevice[]) {
  const bytes = devices[0]?.device ?? int8;
  const layers = layersOf(network).map((layer) => {
    const { weightBytes, activationBytes } = layerLoad(layer, bytes);
    const { name, kind, output, params, weights, macs } = layer;
    const signature = layerSignature(layer);
    return {
      name,
      kind,
      output,
      params,
      foldedParams: weights,
      macs,
      weightBytes,
      activationBytes,
      bound: boundsOf(layer, devices),
      signature,
    };
  });
  return {
    name: network.name,
    resolution: network.input.resolution,
    classes: network.classes,
    params: layers.reduce((sum, { params }) => sum + params, 0),
    foldedParams: layers.reduce((sum, { foldedParams }) => sum + foldedParams, 0),
    macs: layers.reduce((sum, { macs }) => sum + macs, 0),
    latencyMs: Object.fromEntries(devices.map(({ name, device }) => [name, latencyMs(network, device)])),
    memoryBoundShare: memoryBoundShares(network, devices),
    peakActivationBytes: costOf({ cost: 'peakMemory', ...bytes }, network),
    layers,
  };
}

/** The bound of a layer on each roofline device; tables of measured layers have none. */
function boundsOf(layer: Layer, devices: readonly NamedDevice[]): Record<string, 'compute' | 'memory'> {
  return Object.fromEntries(
    rooflines(devices).map(({ name, device }) => [name, bound(layerLoad(layer, device), device)] as const),
  );
}

/** The share of the latency that memory-bound layers take, by roofline device. */
function memoryBoundShares(network: Architecture, devices: readonly NamedDevice[]): Record<string, number> {
  const shares = rooflines(devices).map(({ name, device }) => {
    const waiting = layersOf(network).filter((layer) => bound(layerLoad(layer, device), device) === 'memory');
    const waitingMs = waiting.reduce((sum, layer) => sum + layerLatencyMs(layer, device), 0);
    return [name, waitingMs / latencyMs(network, device)] as const;
  });
  return Object.fromEntries(shares);
}

function rooflines(devices: readonly NamedDevice[]) {
  return devices.flatMap(({ name, device }) => (device.kind === 'roofline' ? [{ name, device }] : []));
}

const int8 = { bytesPerWeight: 1, bytesPerActivation: 1 };

export type SpaceDescription = ReturnType<typeof spaceDescription>;

/**
 * Returns the output of `describe --json` for a space. `size` is the number of ways to decide its choices, `networks`
 * the number of different networks that they yield (an upper bound unless `networksExact`). Cheapest and dearest are by
 * MACs.
 */
export function spaceDescription(space: Space, devices: readonly NamedDevice[]) {
  const latencies: CostSpec[] = devices.map(({ device }) => ({ cost: 'latency', device }));
  const table = costTable(space, [{ cost: 'macs' }, { cost: 'params' }, ...latencies]);
  const point = (decisions: Decisions) => {
    const [macs = 0, params = 0, ...ms] = table.evaluate(decisions);
    return { decisions, params, macs, latencyMs: Object.fromEntries(devices.map(({ name }, d) => [name, ms[d] ?? 0])) };
  };
  const { networks, isExact } = countNetworks(space);
  return {
    name: space.name,
    resolution: space.input.resolution,
    classes: space.classes,
    choices: space.choices.map(({ path, tag, options }) => ({ path, tag, options })),
    size: spaceSize(space).toString(),
    networks: networks.toString(),
    networksExact: isExact,
    cheapest: point(table.cheapest()),
    dearest: point(table.costliest()),
  };
}
