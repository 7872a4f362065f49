/** The table behind the drawn architectures. */
import type { CostSpec } from '#networks/cost/cost';
import { type DrawnStage, drawnNetwork } from './drawn-network.js';
import type { Figure } from './figure.js';
import type { ReportedRun } from './reported-run.js';
import { tableOf } from './table.js';
import { costTitle } from './verdict.js';

/** The cost that the drawing shows for each block: the first target whose parts add up, else MACs. */
export interface DrawnCost {
  readonly title: string;
  readonly spec: CostSpec;
}

export function drawnCost({ costs }: ReportedRun): DrawnCost {
  const [first] = costs.filter(({ spec }) => spec !== undefined && spec.cost !== 'peakMemory');
  if (first?.spec === undefined) return { title: 'MACs', spec: { cost: 'macs' } };
  return { title: costTitle(first.name), spec: first.spec };
}

/** The stages of a run's architecture; empty if it has none yet. */
export function drawnStages(run: ReportedRun): DrawnStage[] {
  return run.found === null ? [] : drawnNetwork(run.found.architecture, drawnCost(run).spec);
}

export function architectureFigure(runs: readonly ReportedRun[]): Figure {
  const records = runs.flatMap((run) =>
    drawnStages(run).flatMap(({ title, blocks }) =>
      blocks.map(({ output, ...block }) => ({
        ...{ run: run.id, stage: title, output: output.join(' x '), unit: drawnCost(run).title },
        ...block,
      })),
    ),
  );
  return {
    id: 'architecture',
    title: 'Architecture',
    notes: [],
    charts: [],
    table: tableOf(
      [
        { name: 'run', title: 'run' },
        { name: 'stage', title: 'stage' },
        { name: 'place', title: 'block' },
        { name: 'kind', title: 'kind' },
        { name: 'layers', title: 'layers' },
        { name: 'output', title: 'output' },
        { name: 'macs', title: 'MACs' },
        { name: 'params', title: 'parameters' },
        { name: 'cost', title: 'cost' },
        { name: 'unit', title: 'unit of the cost' },
      ],
      records,
    ),
    isFolded: false,
  };
}
