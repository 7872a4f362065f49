/** The parts of a report: figures, each with its charts and the table behind them. */
import type { TopLevelSpec } from 'vega-lite';
import type { Table } from './table.js';

/** A chart without its data, which are the rows of its figure's table. */
export interface Chart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** The text alternative. */
  readonly description: string;
  readonly spec: ChartSpec;
}

export type ChartSpec = Omit<Extract<TopLevelSpec, { layer: unknown }>, 'data'>;

export interface Figure {
  /** Unique in the page; names the downloaded files. */
  readonly id: string;
  readonly title: string;
  /** How to read it, and what was left out. */
  readonly notes: readonly string[];
  readonly charts: readonly Chart[];
  readonly table: Table;
  /** True if the figure is only drawn when it is opened. */
  readonly isFolded: boolean;
}

/** The variable with the names of the runs that the reader has hidden. */
export const hiddenRuns = 'hidden';

/** The field of a run's id in all tables of several runs. */
export const runColumn = { name: 'run', title: 'run' };

export const mostRuns = 8; // as many colours as can be told apart

/** The colours of the runs, in their order. */
export function runColor(runs: readonly string[]) {
  return {
    field: 'run',
    type: 'nominal' as const,
    scale: { domain: [...runs], range: runs.map((_, i) => `var(--run-${i + 1})`) },
    legend: null,
  };
}

/** The parts that every chart has. */
export function frame(height: number) {
  return {
    width: 'container' as const,
    height,
    autosize: { type: 'fit-x' as const, contains: 'padding' as const },
    params: [{ name: hiddenRuns, value: [] }],
  };
}

/** Keeps the rows of the runs that are not hidden. */
export const visibleRuns = { filter: `indexof(${hiddenRuns}, datum.run) < 0` };
