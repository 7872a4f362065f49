/** The figure of reward, quality, loss and costs over the steps. */
import { grouped } from '#core/grouped';
import type { SearchEvent } from '#jobs/runs/run-events';
import { type Chart, type Figure, frame, runColor, runColumn, visibleRuns } from './figure.js';
import type { ReportedRun } from './reported-run.js';
import { type Cell, type Column, tableOf } from './table.js';
import { type MergedInterval, mergedIntervals } from './thinning.js';
import { costTitle } from './verdict.js';

const mostIntervals = 1200; // in a page

/** Returns the figure; its charts leave out runs without events. */
export function stepFigure(runs: readonly ReportedRun[]): Figure {
  const names = costNames(runs);
  const most = Math.floor(mostIntervals / runs.length);
  const records = runs.flatMap((run) =>
    mergedIntervals(run.events, most).map((part) => stepRecord(run.id, part, names)),
  );
  return {
    id: 'steps',
    title: 'Over the steps',
    notes: [
      'Each point is the mean over an interval of steps, of the architectures that the controller sampled with the weights of that time.',
      ...runs.map((run) => thinningNote(run, most)),
    ],
    charts: stepCharts(runs, records.length <= 200), // more points would hide the lines
    table: tableOf(columnsOf(names), records),
    isFolded: false,
  };
}

/** The parts of a run that the charts over its steps depend on. */
export interface ChartedRun extends Pick<ReportedRun, 'id' | 'costs'> {
  readonly settings: Pick<ReportedRun['settings'], 'quality'>;
}

/** Returns the charts over the steps, whose data are the records of `stepRecord`. */
export function stepCharts(runs: readonly ChartedRun[], hasPoints: boolean): Chart[] {
  const ids = runs.map(({ id }) => id);
  return [
    meanChart(ids, 'reward', 'Reward', 'mean reward', hasPoints),
    meanChart(ids, 'quality', 'Quality', qualityTitle(runs), hasPoints),
    meanChart(ids, 'loss', 'Loss', 'cross-entropy, nats', hasPoints),
    ...costNames(runs).map((name, i) => costChart(runs, name, i)),
  ];
}

/** The names of the costs of all runs. */
export function costNames(runs: readonly Pick<ReportedRun, 'costs'>[]): string[] {
  return [...new Set(runs.flatMap(({ costs }) => costs.map(({ name }) => name)))];
}

/** The axis title of quality, which is accuracy or minus the cross-entropy. */
export function qualityTitle(runs: readonly Pick<ChartedRun, 'settings'>[]): string {
  const kinds = new Set(runs.map(({ settings }) => settings.quality));
  if (kinds.size > 1) return 'accuracy, or minus the cross-entropy';
  return kinds.has('accuracy') ? 'top-1 on validation batches' : 'minus the cross-entropy, nats';
}

function thinningNote({ id, events }: ReportedRun, most: number): string {
  if (events.length === 0) return `${id} has logged no interval yet.`;
  if (events.length <= most) return `${id}: all ${grouped(events.length)} logged intervals.`;
  const size = Math.ceil(events.length / most);
  return `${id}: ${grouped(events.length)} logged intervals, ${size} of them merged into each point; a point is still the mean over all of its steps, and the bands of reward and quality reach from the lowest to the highest merged interval. The run's events.jsonl has all of them.`;
}

function columnsOf(names: readonly string[]): Column[] {
  const costs = names.flatMap((name, i) => [
    { name: `cost${i}`, title: `${costTitle(name)}: sampled` },
    { name: `expected${i}`, title: `${costTitle(name)}: expected of the policy` },
    { name: `argmax${i}`, title: `${costTitle(name)}: most likely architecture` },
    { name: `target${i}`, title: `${costTitle(name)}: target` },
  ]);
  return [
    runColumn,
    { name: 'from', title: 'after step' },
    { name: 'step', title: 'to step' },
    { name: 'reward', title: 'reward' },
    { name: 'rewardLow', title: 'lowest reward' },
    { name: 'rewardHigh', title: 'highest reward' },
    { name: 'quality', title: 'quality' },
    { name: 'qualityLow', title: 'lowest quality' },
    { name: 'qualityHigh', title: 'highest quality' },
    { name: 'loss', title: 'loss, nats' },
    { name: 'baseline', title: 'baseline' },
    { name: 'entropy', title: 'entropy of the policy, share of uniform' },
    ...costs,
  ];
}

/** A record of the charts; its costs are numbered in the order of `names`. */
export function stepRecord(run: string, part: MergedInterval, names: readonly string[]): Record<string, Cell> {
  const { from, last, means, reward, quality } = part;
  const costs = names.flatMap((name, i) => {
    const cost: SearchEvent['costs'][string] | undefined = last.costs[name];
    if (cost === undefined) return [];
    const { expected = null, argmax = null, target } = cost;
    const values: [string, Cell][] = [
      ['cost', means.costs[name] ?? null],
      ['expected', expected],
      ['argmax', argmax],
      ['target', target],
    ];
    return values.map(([key, value]) => [`${key}${i}`, value] as const);
  });
  return {
    ...{ run, from, step: last.step, loss: means.loss, baseline: last.baseline, entropy: last.relativeEntropy },
    ...{ reward: means.reward, rewardLow: reward[0], rewardHigh: reward[1] },
    ...{ quality: means.quality, qualityLow: quality[0], qualityHigh: quality[1] },
    ...Object.fromEntries(costs),
  };
}

const stepAxis = { field: 'step', type: 'quantitative' as const, title: 'step', axis: { tickMinStep: 1 } };

function valueAxis(field: string, title: string) {
  return { field, type: 'quantitative' as const, title, scale: { zero: false } };
}

function meanChart(
  runs: readonly string[],
  field: 'reward' | 'quality' | 'loss',
  title: string,
  axis: string,
  hasPoints: boolean,
): Chart {
  const color = runColor(runs);
  const line = {
    mark: { type: 'line' as const, point: hasPoints ? { size: 12 } : false, strokeWidth: 1.6 },
    encoding: {
      x: stepAxis,
      y: valueAxis(field, axis),
      color,
      tooltip: ['run', 'step', field].map((name) => ({ field: name, title: name })),
    },
  };
  const band = {
    mark: { type: 'area' as const, opacity: 0.2 },
    encoding: { x: stepAxis, y: valueAxis(`${field}Low`, axis), y2: { field: `${field}High` }, color },
  };
  return {
    id: `steps-${field}`,
    title,
    description: `${title} over the steps of ${runs.join(', ')}; the table below has the values.`,
    spec: { ...frame(200), transform: [visibleRuns], layer: field === 'loss' ? [line] : [band, line] },
  };
}

function costChart(runs: readonly ChartedRun[], name: string, i: number): Chart {
  const ids = runs.map(({ id }) => id);
  const kinds = { [`cost${i}`]: 'sampled', [`expected${i}`]: 'expected of the policy', [`argmax${i}`]: 'most likely' };
  const fold = { fold: Object.keys(kinds), as: ['kind', 'value'] as [string, string] };
  const named = { calculate: `${JSON.stringify(kinds)}[datum.kind]`, as: 'what' };
  return {
    id: `steps-cost-${i}`,
    title: costTitle(name),
    description: `${costTitle(name)}, of the sampled architectures, expected of the policy and of its most likely architecture, over the steps of ${ids.join(', ')}, with the target as a rule; the table below has the values.`,
    spec: {
      ...frame(200),
      transform: [visibleRuns, { filter: `isValid(datum.cost${i})` }],
      layer: [
        {
          transform: [fold, { filter: 'isValid(datum.value)' }, named],
          mark: { type: 'line', strokeWidth: 1.6 },
          encoding: {
            x: stepAxis,
            y: valueAxis('value', costTitle(name)),
            color: runColor(ids),
            strokeDash: {
              field: 'what',
              type: 'nominal',
              scale: {
                domain: Object.values(kinds),
                range: [
                  [1, 0],
                  [6, 3],
                  [1, 3],
                ],
              },
              legend: { title: null, orient: 'bottom' },
            },
            tooltip: ['run', 'step', 'what', 'value'].map((field) => ({ field })),
          },
        },
        {
          transform: [{ aggregate: [{ op: 'max', field: `target${i}`, as: 'target' }], groupby: ['run'] }],
          mark: { type: 'rule', strokeWidth: 1, color: 'var(--ink)' },
          encoding: {
            y: { field: 'target', type: 'quantitative' },
            tooltip: ['run', 'target'].map((field) => ({ field })),
          },
        },
      ],
    },
  };
}
