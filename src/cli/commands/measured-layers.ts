/** Latencies of the layers of networks, for `measure --by-layer`. */
import { aligned } from '#cli/terminal/table';
import { Failure } from '#core/failure';
import { meanOf, midmeanOf } from '#core/statistics/scoring';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { type Timing, type Turn, type TurnOptions, timingOf, turnsOf } from '#tasks/devices/interleaved';
import { type LayerTime, layerTimes, type SignatureTime, signatureTimes } from '#tasks/devices/layer-times';
import type { NetworkSubject, TimedRuntime } from '#tasks/devices/network-subject';
import type { MeasuredNetwork } from './measured-networks.js';

export interface MeasuredLayers {
  /** Timings of the networks without a profiler, in their order. */
  readonly timings: readonly Timing[];
  readonly networks: readonly LayeredNetwork[];
  /** One row for each signature of a layer. */
  readonly table: readonly SignatureTime[];
}

export interface LayeredNetwork {
  readonly name: string;
  /** Latency of the network as a whole, without the profiler. */
  readonly ms: number;
  /** Sum of the table's latencies over its layers. */
  readonly sumMs: number;
  readonly layers: readonly { readonly layer: string; readonly signature: string; readonly ms: number }[];
}

/**
 * Measures networks as a whole and layer by layer, in the same turns.
 *
 * @param subjects  the networks without a profiler
 * @param open      opens one with a profiler
 */
export async function measuredLayers(
  networks: readonly MeasuredNetwork[],
  subjects: readonly NetworkSubject[],
  open: NonNullable<TimedRuntime['openProfiled']>,
  options: TurnOptions,
): Promise<MeasuredLayers> {
  const profiled: NetworkSubject[] = [];
  for (const { name, network } of networks) profiled.push(await open(name, network));
  const turns = await turnsOf([...subjects, ...profiled], options);
  const times = networks.map(({ network }, n) => layerTimes(network, turns[networks.length + n] as Turn[]));
  const table = signatureTimes(times.flat());
  const timings = networks.map(({ name }, n) => timingOf(name, turns[n] as Turn[]));
  return { timings, table, networks: times.map((layers, n) => layeredNetwork(timings[n] as Timing, layers, table)) };
}

function layeredNetwork(
  { name, ms }: Timing,
  times: readonly LayerTime[],
  table: readonly SignatureTime[],
): LayeredNetwork {
  const known = new Map(table.map((row) => [row.signature, row.ms]));
  const layers = times.map(({ layer, turns }) => {
    return { layer: layer.name, signature: layerSignature(layer), ms: midmeanOf(turns) };
  });
  const sumMs = layers.reduce((sum, { signature }) => sum + (known.get(signature) as number), 0);
  return { name, ms, sumMs, layers };
}

/** Returns what opens networks with a profiler; a usage failure for runtimes without one. */
export function profilerOf({ openProfiled }: TimedRuntime, name: string): NonNullable<TimedRuntime['openProfiled']> {
  if (openProfiled !== undefined) return openProfiled;
  throw new Failure(
    'usage',
    `--by-layer: expected --runtime litert, whose profiler tells operators apart; got ${name}`,
  );
}

/** Compares the networks with the sums of their layers and, on request, lists these. */
export function layersText({ networks }: MeasuredLayers, listed: boolean): string {
  const off = (from: number, to: number) => `${to > from ? '+' : ''}${((100 * (to - from)) / from).toFixed(1)} %`;
  const rows = networks.map(({ name, ms, sumMs }) => [name, ms.toFixed(3), sumMs.toFixed(3), off(ms, sumMs)]);
  const mean = meanOf(networks.map(({ ms, sumMs }) => Math.abs(sumMs - ms) / ms));
  const lists = networks.flatMap(({ name, layers, ms }) => {
    const lines = layers.map((one) => [
      one.layer,
      one.signature,
      one.ms.toFixed(4),
      `${((100 * one.ms) / ms).toFixed(1)} %`,
    ]);
    return ['', name, ...aligned([['layer', 'signature', 'ms', 'of the whole'], ...lines], new Set([2, 3]))];
  });
  return [
    ...aligned([['network', 'ms as a whole', 'sum of its layers', 'off by'], ...rows], new Set([1, 2, 3])),
    `mean absolute difference ${(100 * mean).toFixed(1)} %`,
    ...(listed ? lists : []),
  ].join('\n');
}
