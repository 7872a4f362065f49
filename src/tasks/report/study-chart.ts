/** Draws the findings of a study as a chart. */
import type { TopLevelSpec } from 'vega-lite';

export interface PlottedFinding {
  readonly arm: string;
  readonly seed: number;
  /** Top-1 in the SuperNet; null without one. */
  readonly inSuperNet: number | null;
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

function armsOf(findings: readonly PlottedFinding[]): string[] {
  return [...new Set(findings.map(({ arm }) => arm))];
}
