/**
 * Ridge-point sweep: a comparison of networks on all devices at once. Only the ratio of arithmetic to memory decides
 * which of two networks a roofline makes faster, so one sweep over that ratio covers every device. MobileNetV4, "Ridge
 * Point Sweep Analysis" (arXiv:2404.10518).
 */
import type { LayerLoad } from '#networks/cost/layers/layer-load';
import { behindFront, paretoFront } from './pareto.js';

/** A network in the sweep; `top1` is a share from 0 to 1, null if unknown. */
export interface Contender {
  readonly name: string;
  readonly loads: readonly LayerLoad[];
  readonly top1: number | null;
}

export interface SweptNetwork {
  readonly name: string;
  /** Latency at each ridge point, relative to the fastest network there. */
  readonly relativeLatency: readonly number[];
  /**
   * Latency at each ridge point, relative to the fastest network that is at least as accurate; null without accuracy.
   */
  readonly behindFront: readonly number[] | null;
  /** True at each ridge point where it is on the front of the networks with known accuracy; null without accuracy. */
  readonly pareto: readonly boolean[] | null;
}

/** Range of neighbouring ridge points, bounds included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A stretch with one fastest network. */
export interface Lead extends Stretch {
  readonly name: string;
}

export interface RidgeSweep {
  readonly ridgePoints: readonly number[];
  readonly networks: readonly SweptNetwork[];
  readonly leads: readonly Lead[];
}

/**
 * Returns the roofline latency as a multiple of the time that one MAC takes at the peak. At ridge point 0, where memory
 * is free, it is the number of MACs.
 *
 * @param ridgePoint  peak MACs over peak bytes, in MACs per byte
 */
export function latencyInMacs(loads: readonly LayerLoad[], ridgePoint: number): number {
  return loads.reduce(
    (sum, load) => sum + Math.max(load.macs, ridgePoint * (load.weightBytes + load.activationBytes)),
    0,
  );
}

export function ridgeSweep(contenders: readonly Contender[], ridgePoints: readonly number[]): RidgeSweep {
  const points = ridgePoints.map((ridgePoint) => sweepPoint(contenders, ridgePoint));
  const networks = contenders.map(({ name, top1 }, n) => ({
    name,
    relativeLatency: points.map(({ relative }) => relative[n] as number),
    behindFront: top1 === null ? null : points.map(({ behind }) => behind.get(n) as number),
    pareto: top1 === null ? null : points.map(({ front }) => front.get(n) as boolean),
  }));
  const fastest = points.map(({ relative }) => (contenders[relative.indexOf(1)] as Contender).name);
  return { ridgePoints, networks, leads: leadsOf(fastest, ridgePoints) };
}

/** Compares all networks at one ridge point; `behind` and `front` have those with known accuracy, by index. */
function sweepPoint(contenders: readonly Contender[], ridgePoint: number) {
  const latencies = contenders.map(({ loads }) => latencyInMacs(loads, ridgePoint));
  const fastest = Math.min(...latencies);
  const known = contenders.flatMap(({ top1 }, n) =>
    top1 === null ? [] : [{ n, accuracy: top1, latency: latencies[n] as number }],
  );
  const keyed = <T>(values: readonly T[]) => new Map(known.map(({ n }, k) => [n, values[k] as T]));
  return {
    relative: latencies.map((latency) => latency / fastest),
    behind: keyed(behindFront(known)),
    front: keyed(paretoFront(known)),
  };
}

function leadsOf(fastest: readonly string[], ridgePoints: readonly number[]): Lead[] {
  const leads: Lead[] = [];
  for (const [p, name] of fastest.entries()) {
    const ridgePoint = ridgePoints[p] as number;
    const last = leads.at(-1);
    if (last?.name === name) leads[leads.length - 1] = { ...last, to: ridgePoint };
    else leads.push({ name, from: ridgePoint, to: ridgePoint });
  }
  return leads;
}

/** Returns the stretches of ridge points at which `holds` is true. */
export function stretches(holds: readonly boolean[], ridgePoints: readonly number[]): Stretch[] {
  const found: Stretch[] = [];
  for (const [p, here] of holds.entries()) {
    const point = ridgePoints[p] as number;
    if (here && holds[p - 1]) found.push({ from: (found.pop() as Stretch).from, to: point });
    else if (here) found.push({ from: point, to: point });
  }
  return found;
}

/**
 * Splits the range of a sweep into parts of one order of magnitude each, the lowest from `from` up: 0 to 500 becomes 0
 * to 5, 5 to 50, 50 to 500. At most three, since below a hundredth of the highest ridge point nothing waits for memory.
 */
export function magnitudes(from: number, to: number): [from: number, to: number][] {
  const cuts = [to / 100, to / 10].filter((cut) => cut > from);
  return [from, ...cuts].map((start, i) => [start, cuts[i] ?? to]);
}
