/** Formats the ridge-point sweep as tables of text, for the terminal, a page or a document. */
import { percent } from '#core/percent';
import type { Contender, RidgeSweep } from '#tasks/devices/ridge-sweep';
import { magnitudes, stretches } from '#tasks/devices/ridge-sweep';

export interface TextTable {
  readonly title: string;
  /** Rows of equal length; the first is the head. */
  readonly rows: readonly (readonly string[])[];
  /** Indices of the columns of numbers, aligned right. */
  readonly right: ReadonlySet<number>;
}

/**
 * Returns the tables: latencies at the bounds of each order of magnitude, the Pareto front if accuracies are known,
 * and the fastest network of each stretch.
 */
export function rooflineTables(sweep: RidgeSweep, contenders: readonly Contender[]): TextTable[] {
  const hasAccuracies = contenders.some(({ top1 }) => top1 !== null);
  return [latencies(sweep, contenders), ...(hasAccuracies ? [front(sweep)] : []), leaders(sweep)];
}

function latencies({ ridgePoints, networks }: RidgeSweep, contenders: readonly Contender[]): TextTable {
  const [first, last] = [ridgePoints[0] as number, ridgePoints.at(-1) as number];
  const bounds = [first, ...magnitudes(first, last).map(([, to]) => to)];
  const shown = [...new Set(bounds.map((bound) => nearestTo(bound, ridgePoints)))];
  const head = ['network', 'top-1', ...shown.map((p) => `at ${ridgePoints[p]}`)];
  const rows = networks.map(({ name, relativeLatency }, n) => [
    name,
    accuracy(contenders[n]?.top1 ?? null),
    ...shown.map((p) => factor(relativeLatency[p] as number)),
  ]);
  const title = 'latency over that of the fastest, at ridge points in MACs per byte';
  return { title, rows: [head, ...rows], right: new Set(head.map((_, c) => c).slice(1)) };
}

function front({ ridgePoints, networks }: RidgeSweep): TextTable {
  const parts = magnitudes(ridgePoints[0] as number, ridgePoints.at(-1) as number);
  const head = ['network', ...parts.map(([from, to]) => range(from, to)), 'on the Pareto front at'];
  const rows = networks.map(({ name, behindFront, pareto }) => [
    name,
    ...parts.map(([from, to]) => (behindFront === null ? '-' : factor(worst(behindFront, ridgePoints, from, to)))),
    pareto === null ? '-' : ranges(pareto, ridgePoints),
  ]);
  const title = 'at worst in each part, latency over that of the fastest network at least as accurate';
  return { title, rows: [head, ...rows], right: new Set(parts.map((_, i) => i + 1)) };
}

function leaders({ leads }: RidgeSweep): TextTable {
  const rows = leads.map(({ from, to, name }) => [range(from, to), name]);
  return { title: 'who is fastest', rows: [['ridge points', 'network'], ...rows], right: new Set() };
}

function nearestTo(bound: number, ridgePoints: readonly number[]): number {
  const distances = ridgePoints.map((ridgePoint) => Math.abs(ridgePoint - bound));
  return distances.indexOf(Math.min(...distances));
}

function worst(values: readonly number[], ridgePoints: readonly number[], from: number, to: number): number {
  const inside = values.filter((_, p) => (ridgePoints[p] as number) >= from && (ridgePoints[p] as number) <= to);
  return inside.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}

/** Formats the ridge points at which `holds` is true: `0 to 31, 40 to 500`. */
function ranges(holds: readonly boolean[], ridgePoints: readonly number[]): string {
  const named = stretches(holds, ridgePoints).map(({ from, to }) => range(from, to));
  return named.join(', ') || 'none';
}

function range(from: number, to: number): string {
  return from === to ? `${from}` : `${from} to ${to}`;
}

function factor(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '-'; // not finite for a part without a point of the sweep
}

function accuracy(share: number | null): string {
  return share === null ? '-' : percent(share, 1);
}
