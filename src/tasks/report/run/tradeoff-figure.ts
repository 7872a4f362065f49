/** The figure of accuracy against one cost: evaluated architectures, their Pareto front, the random baseline, the zoo. */
import { type EvaluatedPoint, evaluatedPoints, onFront } from './evaluated.js';
import { type Chart, type Figure, frame, runColor, runColumn, visibleRuns } from './figure.js';
import type { ReportedRun } from './reported-run.js';
import { type Cell, tableOf } from './table.js';
import { amountText, costTitle } from './verdict.js';
import { type ZooPoint, zooNames, zooPoints } from './zoo-points.js';

/** The zoo at the input and classes of a run, and why some or all of it is missing. */
interface ScaledZoo {
  readonly points: readonly ZooPoint[];
  readonly note: string;
}

export type CostRange = readonly [least: number, most: number];

/** @param number  the number of the cost among those of the page */
export function tradeoffFigure(runs: readonly ReportedRun[], name: string, number: number): Figure {
  const searched = runs.filter(({ costs }) => costs.some((cost) => cost.name === name));
  const ids = runs.map(({ id }) => id);
  const evaluated = searched.map((run) => evaluatedPoints(run).filter(({ costs }) => costs[name] !== undefined));
  const points = evaluated.flat();
  const fronts = evaluated.flatMap((own) => onFront(own, name));
  const range = costRange(searched, points, name);
  const zoo = scaledZoo(searched, name, range);
  const charts = [
    ...(points.length === 0 ? [] : [scatter(ids, name, number, range, targetsOf(searched, name))]),
    ...(zoo.points.length === 0 ? [] : [zooStrip(zoo.points, name, number, range)]),
  ];
  const id = `tradeoff-${number}`;
  return {
    ...{ id, title: `Accuracy against ${costTitle(name)}`, charts, isFolded: false },
    notes: [
      'Accuracies are those of the whole validation split in the SuperNet of each run, so they compare within a run: another SuperNet has other weights, and a network trained alone reaches another accuracy.',
      ...searched.map((run, i) => evaluatedNote(run, evaluated[i] ?? [])),
      zoo.note,
    ],
    table: tableOf(columnsOf(name), [
      ...points.map((point, i) => pointRecord(point, name, fronts[i] ?? false)),
      ...zoo.points.map(zooRecord),
    ]),
  };
}

/** The costs to draw: those of all evaluated and sampled architectures and the targets, with a margin of 5 %. */
export function costRange(runs: readonly ReportedRun[], points: readonly EvaluatedPoint[], name: string): CostRange {
  const own = runs.flatMap(({ costs, samples, found }) => [
    ...costs.filter((cost) => cost.name === name).map(({ target }) => target),
    ...(found === null ? [] : samples.flatMap((line) => line.costs[name] ?? [])),
  ]);
  const values = [...own, ...points.map(({ costs }) => costs[name] as number)];
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return [least * 0.95, most * 1.05];
}

function scaledZoo(runs: readonly ReportedRun[], name: string, range: CostRange): ScaledZoo {
  const [run] = runs;
  const spec = run?.costs.find((cost) => cost.name === name)?.spec;
  if (run === undefined || spec === undefined)
    return { points: [], note: 'The zoo is not shown: its costs cannot be computed here.' };
  if (spec.cost === 'latency' && spec.device.kind === 'table') {
    return {
      points: [],
      note: `The zoo is not shown: ${spec.device.name} is a table of measured layers, which may lack those of other networks.`,
    };
  }
  const points = zooPoints(run.space, spec, range);
  const missing = zooNames().filter((zoo) => points.every((point) => point.name !== zoo));
  const lacking = missing.length === 0 ? '' : ` Outside the range at every width: ${missing.join(', ')}.`;
  const known = points.some(({ published }) => published !== null)
    ? 'Published accuracies are those of networks trained alone on ImageNet; the table has them.'
    : `Their accuracy on these images is unknown, so they are drawn below the chart, by ${spec.cost === 'latency' ? 'latency' : 'cost'} only.`;
  return {
    points,
    note: `Shipped networks with the input and classes of ${run.id}, at the common widths in the range of the chart. ${known}${lacking}`,
  };
}

function evaluatedNote({ id, result }: ReportedRun, points: readonly EvaluatedPoint[]): string {
  if (result === null) return `${id} is not done, so none of its architectures has been evaluated.`;
  const random = points.filter(({ origin }) => origin === 'random').length;
  const others = points.length - random;
  const candidates = `${id}: ${others} different candidates, among them the result`;
  if (result.random === null) return `${candidates}; no random baseline.`;
  if (random > 0) return `${candidates}, and ${random} different random architectures.`;
  return `${candidates}; its ${result.random.n} random architectures were recorded only as a summary, so they are not drawn.`;
}

function columnsOf(name: string) {
  return [
    { name: 'run', title: 'run or network' },
    { name: 'kind', title: 'kind' },
    { name: 'cost', title: costTitle(name) },
    { name: 'top1', title: 'top-1' },
    { name: 'quality', title: 'quality' },
    { name: 'reward', title: 'reward' },
    { name: 'front', title: 'on the Pareto front of its run' },
    { name: 'drawn', title: 'times drawn' },
    { name: 'width', title: 'width multiplier' },
    { name: 'decisions', title: 'decisions' },
  ];
}

const labelWidth = 105; // pixels, so that the chart and the strip below it have one axis

const kinds = { result: 'result', candidate: 'candidate', random: 'random architecture' };

function pointRecord(point: EvaluatedPoint, name: string, front: boolean): Record<string, Cell> {
  const { run, origin, drawn, top1, quality, reward, costs, decisions } = point;
  return {
    run,
    kind: kinds[origin],
    cost: costs[name] ?? null,
    top1,
    quality,
    reward,
    front,
    drawn,
    decisions: decisions.join(' '),
  };
}

function targetsOf(runs: readonly ReportedRun[], name: string): number[] {
  const targets = runs.flatMap(({ costs }) => costs.filter((cost) => cost.name === name));
  return [...new Set(targets.map(({ target }) => target))];
}

function zooRecord({ name, width, cost, published }: ZooPoint): Record<string, Cell> {
  return { run: name, kind: 'shipped network', cost, top1: published, width };
}

export function costAxis(name: string, range: CostRange, field = 'cost') {
  return {
    field,
    type: 'quantitative' as const,
    title: costTitle(name),
    scale: { domain: [...range], nice: false, zero: false },
  };
}

function scatter(
  runs: readonly string[],
  name: string,
  number: number,
  range: CostRange,
  targets: readonly number[],
): Chart {
  const x = costAxis(name, range);
  const y = {
    field: 'top1',
    type: 'quantitative' as const,
    title: 'top-1 in the SuperNet',
    axis: { format: '.1%', minExtent: labelWidth },
    scale: { zero: false },
  };
  const color = runColor(runs);
  const searched = "datum.kind != 'shipped network'";
  return {
    id: `tradeoff-${number}-scatter`,
    title: 'Evaluated architectures',
    description: `Top-1 in the SuperNet against ${costTitle(name)} for the result, the other candidates and the random architectures of ${runs.join(', ')}, with a line through each run's Pareto front and a rule at each target; the table below has the values.`,
    spec: {
      ...frame(320),
      transform: [{ filter: searched }, visibleRuns],
      layer: [
        {
          data: { values: targets.map((target) => ({ target })) },
          mark: { type: 'rule', color: 'var(--ink)', strokeWidth: 1 },
          encoding: { x: { ...x, field: 'target' }, tooltip: { field: 'target', title: 'target' } },
        },
        {
          transform: [{ filter: 'datum.front' }],
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.4, strokeDash: [5, 3] },
          encoding: { x, y, color, order: { field: 'cost' } },
        },
        {
          mark: { type: 'point', filled: false, size: 70, strokeWidth: 1.8 },
          encoding: {
            x,
            y,
            color,
            shape: {
              field: 'kind',
              type: 'nominal',
              scale: { domain: Object.values(kinds), range: ['diamond', 'circle', 'cross'] },
              legend: { title: null, orient: 'bottom' },
            },
            size: { condition: { test: "datum.kind == 'result'", value: 260 }, value: 60 },
            tooltip: [
              runColumn,
              { name: 'kind', title: 'kind' },
              { name: 'cost', title: costTitle(name) },
              { name: 'top1', title: 'top-1' },
              { name: 'reward', title: 'reward' },
              { name: 'drawn', title: 'times drawn' },
            ].map(({ name, title }) => ({ field: name, title })),
          },
        },
      ],
    },
  };
}

function zooStrip(points: readonly ZooPoint[], name: string, number: number, range: CostRange): Chart {
  const networks = [...new Set(points.map((point) => point.name))];
  const x = costAxis(name, range);
  const y = {
    field: 'run',
    type: 'nominal' as const,
    title: null,
    scale: { domain: networks },
    axis: { labelLimit: 160, minExtent: labelWidth },
  };
  const told = networks.map((network) => {
    const own = points.filter((point) => point.name === network);
    return `${network} at ${own.map(({ width, cost }) => `${width}x, ${amountText(name, cost)}`).join('; ')}`;
  });
  const tooltip = [
    ['run', 'network'],
    ['width', 'width'],
    ['cost', costTitle(name)],
    ['top1', 'published top-1'],
  ].map(([field, title]) => ({ field: field as string, title: title as string }));
  return {
    id: `tradeoff-${number}-zoo`,
    title: 'Shipped networks at the same costs; the labels are widths',
    description: `${costTitle(name)} of shipped networks: ${told.join('. ')}.`,
    spec: {
      ...frame(24 * networks.length),
      transform: [{ filter: "datum.kind == 'shipped network'" }],
      layer: [
        { mark: { type: 'point', filled: true, size: 45, color: 'var(--muted)' }, encoding: { x, y, tooltip } },
        {
          mark: { type: 'text', dx: 7, align: 'left', color: 'var(--ink)', fontSize: 10 },
          encoding: { x, y, text: { field: 'width' }, tooltip },
        },
      ],
    },
  };
}
