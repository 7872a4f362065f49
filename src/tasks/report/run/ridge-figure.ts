/** The figure of latency over the ridge point, for the result of each run and for shipped networks of about its size. */
import type { Device } from '#networks/cost/device';
import { ridgePoint } from '#networks/cost/roofline';
import type { Architecture } from '#networks/space/space';
import { type Chart, type Figure, frame } from './figure.js';
import type { FoundNetwork, ReportedRun } from './reported-run.js';
import { ridgeSeries, sweptRidgePoints } from './ridge-series.js';
import { tableOf } from './table.js';
import { nearestWidths, zooPoints } from './zoo-points.js';

/** A run whose architecture is known. */
type FoundRun = ReportedRun & { readonly found: FoundNetwork };

/** Returns the figure of the runs that have an architecture; undefined if none has. */
export function ridgeFigure(runs: readonly ReportedRun[]): Figure | undefined {
  const found = runs.filter((run): run is FoundRun => run.found !== null);
  const [first] = found;
  if (first === undefined) return undefined;
  const device = deviceOf(first);
  const points = sweptRidgePoints(device);
  const compared = [...found.map(({ id, found }) => ({ id, network: found.architecture })), ...rivals(first, device)];
  const series = compared.map(({ id, network }) => ({ id, values: ridgeSeries(network, device, points) }));
  const fields = series.map((_, i) => ({ name: `n${i}`, title: `${series[i]?.id}, ${unitOf(device)}` }));
  return {
    id: 'ridge',
    title: 'Ridge-point sweep',
    notes: [noteOf(device, found.length), ...rivalNote(compared.length - found.length, first)],
    charts: [
      chart(
        found,
        series.map(({ id }) => id),
        device,
      ),
    ],
    table: tableOf(
      [{ name: 'ridge', title: 'ridge point, MACs per byte' }, ...fields],
      points.map((ridge, p) => ({
        ridge,
        ...Object.fromEntries(series.map(({ values }, i) => [`n${i}`, values[p] ?? null])),
      })),
    ),
    isFolded: false,
  };
}

function deviceOf({ costs }: ReportedRun): Device | undefined {
  const specs = costs.flatMap(({ spec }) => (spec?.cost === 'latency' ? [spec.device] : []));
  return specs[0];
}

/** Shipped networks at the width whose latency is nearest to that of the run's architecture, within a factor of 2. */
function rivals(
  { found, costs, space }: FoundRun,
  device: Device | undefined,
): { id: string; network: Architecture }[] {
  const [cost] = costs.filter(({ spec }) => spec?.cost === 'latency' && spec.device === device);
  if (cost?.spec === undefined || device?.kind !== 'roofline') return [];
  const own = ridgeSeries(found.architecture, device, [ridgePoint(device)])[0] as number;
  return nearestWidths(zooPoints(space, cost.spec, [own / 2, own * 2]), own).map(({ name, width, network }) => ({
    id: `${name}-${width}x`,
    network,
  }));
}

function unitOf(device: Device | undefined): string {
  return device?.kind === 'roofline' ? 'ms' : 'time of 1,000 MACs';
}

function noteOf(device: Device | undefined, runs: number): string {
  const of = runs === 1 ? 'the architecture' : 'each architecture';
  if (device?.kind !== 'roofline') {
    return `The latency of ${of} on rooflines of every ridge point, in the time that 1,000 MACs take, since no roofline of the device is known.`;
  }
  return `The latency of ${of} if the memory of ${device.name} were faster (left) or slower (right) while its arithmetic stayed the same. The rule is the device's ridge point of ${ridgePoint(device).toPrecision(3)} MACs per byte. A curve is flat where arithmetic bounds the network, and rises where memory does.`;
}

function rivalNote(rivals: number, { id }: FoundRun): string[] {
  if (rivals === 0) return ['No shipped network has a width whose latency is within a factor of 2.'];
  return [
    `Thin lines: shipped networks with the input and classes of ${id}, at the width whose latency is nearest to its own, within a factor of 2.`,
  ];
}

function chart(runs: readonly FoundRun[], names: readonly string[], device: Device | undefined): Chart {
  const title = device?.kind === 'roofline' ? `latency, ms` : 'latency, time of 1,000 MACs';
  const own = device?.kind === 'roofline' ? [ridgePoint(device)] : [];
  const colors = names.map((_, i) => (i < runs.length ? `var(--run-${i + 1})` : 'var(--muted)'));
  const x = {
    field: 'ridge',
    type: 'quantitative' as const,
    title: 'ridge point, MACs per byte',
    scale: { type: 'log' as const, nice: false },
  };
  const y = { field: 'latency', type: 'quantitative' as const, title, scale: { type: 'log' as const } };
  const legend = { title: null, orient: 'bottom' as const, columns: 3, symbolType: 'stroke', symbolSize: 300 };
  const named = `${JSON.stringify(Object.fromEntries(names.map((name, i) => [`n${i}`, name])))}[datum.field]`;
  return {
    id: 'ridge',
    title: 'Latency over the ridge point, both axes logarithmic',
    description: `Latency of ${names.join(', ')} over ridge points from 0.5 to 500 MACs per byte; the table below has the values.`,
    spec: {
      ...frame(320),
      layer: [
        {
          transform: [
            { fold: names.map((_, i) => `n${i}`), as: ['field', 'latency'] as [string, string] },
            { calculate: named, as: 'network' },
          ],
          mark: { type: 'line' },
          encoding: {
            x,
            y,
            color: { field: 'network', type: 'nominal', scale: { domain: [...names], range: colors }, legend },
            strokeWidth: {
              condition: {
                test: `indexof(${JSON.stringify(names.slice(0, runs.length))}, datum.network) >= 0`,
                value: 2.6,
              },
              value: 1,
            },
            strokeDash: {
              field: 'network',
              type: 'nominal',
              scale: {
                domain: [...names],
                range: names.map((_, i) =>
                  i < runs.length ? [1, 0] : (dashes[(i - runs.length) % dashes.length] as number[]),
                ),
              },
              legend,
            },
            tooltip: [
              { field: 'network', title: 'network' },
              { field: 'ridge', title: 'ridge point', format: '.3~g' },
              { field: 'latency', title, format: '.4~g' },
            ],
          },
        },
        {
          data: { values: own.map((ridge) => ({ ridge })) },
          mark: { type: 'rule', color: 'var(--ink)', strokeDash: [2, 2] },
          encoding: { x: { ...x, field: 'ridge' } },
        },
      ],
    },
  };
}

const dashes = [
  [6, 2],
  [2, 2],
  [8, 2, 2, 2],
  [4, 4],
  [1, 3],
  [10, 3],
  [3, 1],
  [6, 1, 1, 1],
];
