/** Fits a roofline to measured latencies. */
import { groupBy } from '#core/statistics/group-by';
import { spearman } from '#core/statistics/rank-correlation';
import { meanOf } from '#core/statistics/scoring';
import type { LayerLoad } from '#networks/cost/layers/layer-load';
import { latencyInMacs } from './ridge-sweep.js';

/** A network with its measured latency. */
export interface Timed {
  readonly name: string;
  readonly loads: readonly LayerLoad[];
  readonly ms: number;
  /** Key that the rows of one network share at all resolutions; by default rows of equal loads share one. */
  readonly family?: string;
}

export interface FitOptions {
  /** Fixed ridge point in MACs per byte; undefined to fit it. */
  readonly ridgePoint?: number | undefined;
  /** True to fit a constant cost of each layer too. */
  readonly overhead: boolean;
}

export interface RooflineFit {
  readonly peakMacsPerMs: number;
  readonly peakBytesPerMs: number;
  readonly overheadMs: number;
  readonly ridgePoint: number;
  /**
   * Origin of the ridge point: given (`held`) or `fitted`. `atLeast`: at the best one all layers are memory-bound, so
   * that any higher one fits as well; `atMost`: all layers that multiply are compute-bound, so that any lower one does.
   */
  readonly ridgePointIs: 'held' | 'fitted' | 'atLeast' | 'atMost';
  /** Mean of |predicted - measured| / measured. */
  readonly meanAbsolutePercentageError: number;
  /**
   * The same error with each row predicted by a fit to the rows of other networks, an estimate for networks that were
   * not measured. A network's other resolutions and repeats are left out with it, since they share its layers. Null if
   * the others are too few.
   */
  readonly leaveOneOutError: number | null;
  /**
   * Spearman's rho between predicted and measured latencies; rows of equal loads count as one case with their mean.
   * Null if either is constant.
   */
  readonly spearman: number | null;
  readonly rows: readonly { readonly name: string; readonly ms: number; readonly predictedMs: number }[];
}

/** Returns the number of parameters of a fit: the peak, and ridge point and overhead where they are fitted. */
export function parametersOf({ ridgePoint, overhead }: FitOptions): number {
  return 1 + Number(ridgePoint === undefined) + Number(overhead);
}

/**
 * Returns the roofline that minimises the sum of squared relative errors, ((predicted - measured) / measured)^2. At a
 * fixed ridge point r, latency = sum max(macs, r * bytes) / peak + overhead * layers is linear in 1/peak and overhead,
 * so that both come from least squares, with the overhead at least 0. r is searched between the smallest and the
 * largest MACs per byte of a layer, beyond which nothing changes: on a logarithmic grid, then by golden section.
 */
export function fitRoofline(timed: readonly Timed[], options: FitOptions): RooflineFit {
  return { ...fitted(timed, options), leaveOneOutError: leaveOneOutError(timed, options) };
}

function fitted(timed: readonly Timed[], options: FitOptions): Omit<RooflineFit, 'leaveOneOutError'> {
  const at = (ridgePoint: number) => linearFit(timed, ridgePoint, options.overhead);
  const [least, greatest] = intensities(timed);
  const ridgePoint = options.ridgePoint ?? searchRidgePoint((r) => at(r).error, least, greatest);
  const { msPerMac, overheadMs, predicted } = at(ridgePoint);
  const rows = timed.map(({ name, ms }, i) => ({ name, ms, predictedMs: predicted[i] as number }));
  const found = ridgePoint > greatest * 0.999 ? 'atLeast' : ridgePoint < least * 1.001 ? 'atMost' : 'fitted';
  return {
    peakMacsPerMs: 1 / msPerMac,
    peakBytesPerMs: 1 / (msPerMac * ridgePoint),
    overheadMs,
    ridgePoint,
    ridgePointIs: options.ridgePoint === undefined ? found : 'held',
    meanAbsolutePercentageError: meanOf(rows.map(({ ms, predictedMs }) => Math.abs(predictedMs - ms) / ms)),
    spearman: rankAgreement(timed, predicted),
    rows,
  };
}

function leaveOneOutError(timed: readonly Timed[], options: FitOptions): number | null {
  const families = groupBy(timed, ({ family, loads }) => family ?? loadsKey(loads));
  const errors = families.map((family) => {
    const others = timed.filter((one) => !family.includes(one));
    return distinctCases(others) < parametersOf(options) ? null : errorsOf(family, fitted(others, options));
  });
  return errors.includes(null) ? null : meanOf(errors.flatMap((known) => known ?? []));
}

/** Returns the relative error of each row under a fit to other rows. */
function errorsOf(timed: readonly Timed[], fit: Omit<RooflineFit, 'leaveOneOutError'>): number[] {
  return timed.map(({ loads, ms }) => {
    const predictedMs = latencyInMacs(loads, fit.ridgePoint) / fit.peakMacsPerMs + fit.overheadMs * loads.length;
    return Math.abs(predictedMs - ms) / ms;
  });
}

/**
 * Counts the rows with different loads: repeats of one network at one resolution determine no more than one row does.
 */
export function distinctCases(timed: readonly Pick<Timed, 'loads'>[]): number {
  return new Set(timed.map(({ loads }) => loadsKey(loads))).size;
}

function rankAgreement(timed: readonly Timed[], predicted: readonly number[]): number | null {
  const cases = groupBy([...timed.keys()], (i) => loadsKey((timed[i] as Timed).loads));
  const rho = spearman(
    cases.map((rows) => meanOf(rows.map((i) => (timed[i] as Timed).ms))),
    cases.map(([first]) => predicted[first as number] as number),
  );
  return Number.isNaN(rho) ? null : rho;
}

function loadsKey(loads: readonly LayerLoad[]): string {
  return JSON.stringify(loads.map(({ macs, weightBytes, activationBytes }) => [macs, weightBytes, activationBytes]));
}

/** Fits peak and overhead at a ridge point; each row is divided by its latency, so that its target is 1. */
function linearFit(timed: readonly Timed[], ridgePoint: number, overhead: boolean) {
  const macs = timed.map(({ loads, ms }) => latencyInMacs(loads, ridgePoint) / ms);
  const layers = timed.map(({ loads, ms }) => loads.length / ms);
  const [msPerMac, overheadMs] = (overhead ? both(macs, layers) : undefined) ?? [sumOf(macs) / dot(macs, macs), 0];
  const shares = macs.map((mac, i) => msPerMac * mac + overheadMs * (layers[i] as number));
  return {
    msPerMac,
    overheadMs,
    error: shares.reduce((sum, share) => sum + (share - 1) ** 2, 0),
    predicted: shares.map((share, i) => share * (timed[i] as Timed).ms),
  };
}

const leastIndependence = 1e-10; // squared sine of the angle between the two series; less is rounding

/**
 * Solves the normal equations for both coefficients; undefined if one would be negative, or if the rows do not separate
 * them.
 */
function both(macs: readonly number[], layers: readonly number[]): [number, number] | undefined {
  const [mm, ll, ml] = [dot(macs, macs), dot(layers, layers), dot(macs, layers)];
  const determinant = mm * ll - ml * ml;
  if (determinant <= leastIndependence * mm * ll) return undefined;
  const msPerMac = (sumOf(macs) * ll - sumOf(layers) * ml) / determinant;
  const overheadMs = (sumOf(layers) * mm - sumOf(macs) * ml) / determinant;
  return msPerMac > 0 && overheadMs >= 0 ? [msPerMac, overheadMs] : undefined;
}

/** Returns the smallest and the largest MACs per byte of a layer that multiplies. */
function intensities(timed: readonly Timed[]): [number, number] {
  const loads = timed.flatMap((one) => one.loads).filter(({ macs }) => macs > 0);
  const found = loads.map(({ macs, weightBytes, activationBytes }) => macs / (weightBytes + activationBytes));
  return [Math.min(...found), Math.max(...found)];
}

const perDecade = 40; // ridge points of the grid

/**
 * Returns the ridge point with the smallest error: each local minimum of a logarithmic grid is refined between its
 * neighbours.
 */
function searchRidgePoint(error: (ridgePoint: number) => number, from: number, to: number): number {
  const [low, high] = [Math.log10(from), Math.log10(to)];
  const steps = Math.max(1, Math.ceil((high - low) * perDecade));
  const logs = Array.from({ length: steps + 1 }, (_, i) => low + ((high - low) * i) / steps);
  const errors = logs.map((log) => error(10 ** log));
  const errorAt = (i: number) => errors[i] ?? Number.POSITIVE_INFINITY;
  const dips = [...logs.keys()].filter((i) => errorAt(i) <= errorAt(i - 1) && errorAt(i) <= errorAt(i + 1));
  const refined = dips.map((i) => {
    const bounds = [logs[Math.max(i - 1, 0)], logs[Math.min(i + 1, steps)]] as [number, number];
    return goldenSection((log) => error(10 ** log), ...bounds);
  });
  return refined.map((log) => 10 ** log).reduce((best, r) => (error(r) < error(best) ? r : best));
}

const golden = (Math.sqrt(5) - 1) / 2;

/**
 * Returns the position of a function's only minimum between the bounds, to about the square root of the machine
 * precision.
 */
function goldenSection(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [left, right] = [b - golden * (b - a), a + golden * (b - a)];
  let [fLeft, fRight] = [f(left), f(right)];
  while (b - a > 1e-12) {
    if (fLeft <= fRight) {
      [b, right, fRight] = [right, left, fLeft];
      left = b - golden * (b - a);
      fLeft = f(left);
    } else {
      [a, left, fLeft] = [left, right, fRight];
      right = a + golden * (b - a);
      fRight = f(right);
    }
  }
  return (a + b) / 2;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
