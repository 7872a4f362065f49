/** Latencies of layers, from the times of operators in networks that run as a whole. */
import { groupBy } from '#core/statistics/group-by';
import { deviationOf, medianOf, midmeanOf } from '#core/statistics/scoring';
import type { ProfiledEvent } from '#data/runtimes/timed-run';
import type { Layer } from '#networks/cost/layers/layer';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { layersOf } from '#networks/cost/layers/layers-of';
import type { Architecture } from '#networks/space/space';
import type { Turn } from './interleaved.js';
import { layersOfEvents } from './layer-events.js';

/** A layer of one network. */
export interface LayerTime {
  readonly layer: Layer;
  /** Milliseconds in each turn, the median of its runs. */
  readonly turns: readonly number[];
}

/** A row of a table of measured layers (`latency-table.ts`). */
export interface SignatureTime {
  readonly signature: string;
  /** Mean of the middle half of the timings. */
  readonly ms: number;
  /** Standard deviation of the timings; null for one. */
  readonly deviation: number | null;
  /** Timings: turns of all layers with this signature, in all networks. */
  readonly count: number;
}

/** Returns the times of a network's layers from its turns with a profiler. */
export function layerTimes(network: Architecture, turns: readonly Turn[]): LayerTime[] {
  const layers = layersOf(network);
  const names = turns[0]?.runs[0]?.events?.map(({ name }) => name) ?? [];
  const belongsTo = layersOfEvents(names, layers);
  const times = turns.map(({ runs }) => {
    const sums = runs.map(({ events = [] }) => layerSums(events, belongsTo, layers.length));
    return layers.map((_, l) => medianOf(sums.map((sum) => sum[l] as number)));
  });
  return layers.map((layer, l) => ({ layer, turns: times.map((turn) => turn[l] as number) }));
}

/** Returns a row for each signature, in the order of their first layers. */
export function signatureTimes(times: readonly LayerTime[]): SignatureTime[] {
  return groupBy(times, ({ layer }) => layerSignature(layer)).map((same) => {
    const all = same.flatMap(({ turns }) => turns);
    const [{ layer }] = same as [LayerTime];
    return { signature: layerSignature(layer), ms: midmeanOf(all), deviation: deviationOf(all), count: all.length };
  });
}

const cutOff = 0.5; // microseconds that the profiler leaves out on average, since it gives whole ones

/** Returns the ms of each layer in one run. */
function layerSums(events: readonly ProfiledEvent[], belongsTo: readonly number[], layers: number): number[] {
  const sums = new Array<number>(layers).fill(0);
  for (const [i, { us }] of events.entries()) {
    const layer = belongsTo[i] as number;
    sums[layer] = (sums[layer] as number) + (us === 0 ? 0 : us + cutOff) / 1000;
  }
  return sums;
}
