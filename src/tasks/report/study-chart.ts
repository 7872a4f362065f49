/** Draws the findings of a study as a chart. */
import type { TopLevelSpec } from 'vega-lite';

export interface PlottedFinding {
  readonly arm: string;
  readonly seed: number;
  /** Top-1 in the SuperNet; null without one. */
  readonly inSuperNet: number | null;
  readonly alone: number;
  /** The first cost and its target; null without. */
  readonly cost: number | null;
  readonly target: number | null;
}

export interface PlottedTraining {
  readonly arm: string;
  readonly architecture: string;
  readonly epochs: number;
  readonly alone: number;
}

const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Returns a chart with a row for each arm: a point for each architecture, and the mean as a stroke. */
export function winnersChart(findings: readonly PlottedFinding[]): TopLevelSpec {
  const arms = armsOf(findings);
  const x = {
    field: 'alone',
    type: 'quantitative' as const,
    title: 'test accuracy, trained alone',
    scale: { zero: false },
    axis: { format: '.1%' },
  };
  const y = { field: 'arm', type: 'nominal' as const, title: '', sort: arms, axis: { labelLimit: 0 } };
  return {
    $schema,
    background: 'white',
    width: 480,
    height: { step: 34 },
    data: { values: [...findings] },
    layer: [
      { mark: { type: 'point', filled: true, size: 50, opacity: 0.7 }, encoding: { x, y } },
      { mark: { type: 'tick', thickness: 2, color: 'black' }, encoding: { x: { ...x, aggregate: 'mean' }, y } },
    ],
  };
}

/** Returns a plot for each arm: accuracy alone against accuracy in the SuperNet. */
export function rankingChart(findings: readonly PlottedFinding[]): TopLevelSpec {
  return {
    $schema,
    background: 'white',
    data: { values: [...findings] },
    facet: { field: 'arm', type: 'nominal', title: '', sort: armsOf(findings) },
    columns: 3,
    spec: {
      width: 200,
      height: 180,
      mark: { type: 'point', filled: true, size: 40, opacity: 0.8 },
      encoding: {
        x: { field: 'inSuperNet', type: 'quantitative', title: 'in the SuperNet', scale: { zero: false } },
        y: { field: 'alone', type: 'quantitative', title: 'trained alone', scale: { zero: false } },
      },
    },
    resolve: { scale: { x: 'independent', y: 'shared' } },
  };
}

/**
 * Returns the accuracy of each architecture against its cost, by arm: a point for each, and lines through the means.
 *
 * @param cost  name of the cost
 */
export function paretoChart(findings: readonly PlottedFinding[], cost: string): TopLevelSpec {
  const arms = armsOf(findings);
  const x = { field: 'cost', type: 'quantitative' as const, title: cost, scale: { zero: false } };
  const y = {
    field: 'alone',
    type: 'quantitative' as const,
    title: 'test accuracy, trained alone',
    scale: { zero: false },
    axis: { format: '.0%' },
  };
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    title: '',
    sort: arms,
    scale: { scheme: 'tableau10' as const },
  };
  const shape = { field: 'arm', type: 'nominal' as const, title: '', sort: arms };
  const means = [
    {
      aggregate: [
        { op: 'mean' as const, field: 'alone', as: 'alone' },
        { op: 'mean' as const, field: 'cost', as: 'cost' },
      ],
      groupby: ['arm', 'target'],
    },
  ];
  return {
    $schema,
    background: 'white',
    width: 480,
    height: 320,
    data: { values: [...findings] },
    layer: [
      { mark: { type: 'point', filled: true, size: 40, opacity: 0.6 }, encoding: { x, y, color, shape } },
      { transform: means, mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color } },
    ],
  };
}

/** Returns a plot for each arm: the accuracy of each training by its length, with a line for each architecture. */
export function lengthsChart(trainings: readonly PlottedTraining[]): TopLevelSpec {
  const x = { field: 'epochs', type: 'ordinal' as const, title: 'epochs' };
  const y = {
    field: 'alone',
    type: 'quantitative' as const,
    title: 'test accuracy, trained alone',
    scale: { zero: false },
  };
  const color = { field: 'architecture', type: 'nominal' as const, title: 'architecture' };
  return {
    $schema,
    background: 'white',
    data: { values: [...trainings] },
    facet: { field: 'arm', type: 'nominal', title: '', sort: armsOf(trainings) },
    columns: 2,
    spec: {
      width: 320,
      height: 280,
      layer: [
        { mark: { type: 'point', filled: true, size: 30, opacity: 0.7 }, encoding: { x, y, color } },
        { mark: { type: 'line', opacity: 0.7 }, encoding: { x, y: { ...y, aggregate: 'mean' }, color } },
      ],
    },
  };
}

function armsOf(findings: readonly { readonly arm: string }[]): string[] {
  return [...new Set(findings.map(({ arm }) => arm))];
}
