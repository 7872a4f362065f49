/** Draws the ridge-point sweep as a chart: a column for each order of magnitude, a colour for each network. */
import type { TopLevelSpec } from 'vega-lite';
import { magnitudes, type RidgeSweep, type SweptNetwork, stretches } from '#tasks/devices/ridge-sweep';

type Rows = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'];

/** The bounds of a column on the axis of ridge points. */
type Part = readonly [from: number, to: number];

/**
 * Returns the chart: latencies relative to the fastest network of each ridge point and, if accuracies are known, below
 * it latencies relative to the fastest network that is at least as accurate, then the stretches on the Pareto front.
 */
export function rooflineChart(sweep: RidgeSweep): TopLevelSpec {
  const known = sweep.networks.filter(({ pareto }) => pareto !== null);
  const latencies = linesOf(sweep, 'latency / fastest', ({ relativeLatency }) => relativeLatency);
  const behind = linesOf(sweep, 'latency / fastest as accurate', ({ behindFront }) => behindFront);
  const rows: Rows = [row(sweep, latencies)];
  if (known.length > 0) rows.push(row(sweep, behind), row(sweep, frontOf(sweep, known)));
  return { $schema, background: 'white', vconcat: rows, config: { legend: { labelLimit: 0 } } };
}

const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';

function row<T>({ ridgePoints }: RidgeSweep, plot: (part: Part, isFirst: boolean) => T): { hconcat: T[] } {
  const parts = magnitudes(ridgePoints[0] as number, ridgePoints.at(-1) as number);
  return { hconcat: parts.map((part, i) => plot(part, i === 0)) };
}

/** Plots a line for each network that has a series. */
function linesOf(sweep: RidgeSweep, title: string, seriesOf: (network: SweptNetwork) => readonly number[] | null) {
  const marks = sweep.networks.flatMap((network) =>
    (seriesOf(network) ?? []).map((value, p) => ({ network: network.name, x: sweep.ridgePoints[p] as number, value })),
  );
  const domain = [1, marks.reduce((most, { value }) => Math.max(most, value), 1)]; // too many for Math.max(...)
  return (part: Part, isFirst: boolean) => ({
    ...frame,
    height: 200,
    data: { values: marks.filter(({ x }) => x >= part[0] && x <= part[1]) },
    mark: { type: 'line' as const, point: part[0] === part[1], strokeWidth: 1.6 },
    encoding: {
      x: axisOf(part),
      y: {
        field: 'value',
        type: 'quantitative' as const,
        title: isFirst ? title : '',
        scale: { type: 'log' as const, domain },
      },
      color: colorOf(sweep),
    },
  });
}

/** Plots a bar over the ridge points at which a network is on the front. */
function frontOf(sweep: RidgeSweep, known: readonly SweptNetwork[]) {
  const bars = known.flatMap(({ name, pareto }) =>
    stretches(pareto ?? [], sweep.ridgePoints).map(({ from, to }) => ({ network: name, from, to })),
  );
  return (part: Part, isFirst: boolean) => ({
    ...frame,
    height: { step: 14 },
    data: {
      values: bars
        .filter(({ from, to }) => from <= part[1] && to >= part[0])
        .map((bar) => ({ ...bar, from: Math.max(bar.from, part[0]), to: Math.min(bar.to, part[1]) })),
    },
    mark: { type: 'bar' as const, height: 6, minBandSize: 2 },
    encoding: {
      x: { ...axisOf(part), field: 'from' },
      x2: { field: 'to' },
      y: {
        field: 'network',
        type: 'nominal' as const,
        title: isFirst ? 'on the Pareto front' : '',
        scale: { domain: known.map(({ name }) => name) },
        axis: { labelLimit: 0, ...(isFirst ? {} : { labels: false }) },
      },
      color: colorOf(sweep),
    },
  });
}

const frame = { width: 230 };

function axisOf([from, to]: Part) {
  return {
    field: 'x',
    type: 'quantitative' as const,
    title: 'ridge point, MACs per byte',
    scale: { domain: [from, to], nice: false },
  };
}

function colorOf({ networks }: RidgeSweep) {
  const scheme = networks.length > 10 ? ('tableau20' as const) : ('tableau10' as const);
  return {
    field: 'network',
    type: 'nominal' as const,
    title: '',
    scale: { domain: networks.map(({ name }) => name), scheme },
  };
}
