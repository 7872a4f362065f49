/** The figure of every sampled architecture: quality on its batch against one cost. */
import { grouped } from '#core/grouped';
import { evaluatedPoints } from './evaluated.js';
import { type Figure, frame, runColor, runColumn, visibleRuns } from './figure.js';
import type { ReportedRun } from './reported-run.js';
import { type Sampled, sampledPoints } from './sampled.js';
import { qualityTitle } from './step-figure.js';
import { type Cell, tableOf } from './table.js';
import { costAxis, costRange } from './tradeoff-figure.js';
import { costTitle } from './verdict.js';

const mostPoints = 2400; // in a page

/** @param number  the number of the cost among those of the page */
export function samplesFigure(runs: readonly ReportedRun[], name: string, number: number): Figure {
  const searched = runs.filter(({ costs }) => costs.some((cost) => cost.name === name));
  const most = Math.floor(mostPoints / searched.length);
  const sampled = searched.map((run) => sampledPoints(run, most));
  const points = sampled.flatMap(({ shown }) => shown);
  const ids = runs.map(({ id }) => id);
  const tooltip = [runColumn, ...columns(name).slice(1)].map(({ name, title }) => ({ field: name, title }));
  return {
    id: `samples-${number}`,
    title: `Every sampled architecture, by ${costTitle(name)}`,
    notes: [
      'Each point is one architecture that the controller sampled, with its quality on the validation batch of that step. The weights improve while the search runs, so early points are lower: the fainter a point, the earlier its step.',
      ...searched.map((run, i) => sampledNote(run, sampled[i] as Sampled)),
      'Crosses are samples of the warm-up in which all options of a layer were on: what was measured is not the architecture alone.',
    ],
    charts:
      points.length === 0
        ? []
        : [
            {
              id: `samples-${number}`,
              title: 'Quality on one validation batch each',
              description: `Quality of ${points.length} sampled architectures of ${searched.map(({ id }) => id).join(', ')} against ${costTitle(name)}; the table below has the values.`,
              spec: {
                ...frame(340),
                transform: [visibleRuns],
                layer: [
                  {
                    mark: { type: 'point', size: 26, strokeWidth: 1.2 },
                    encoding: {
                      x: costAxis(name, costRange(searched, searched.flatMap(evaluatedPoints), name)),
                      y: { field: 'quality', type: 'quantitative', title: qualityTitle(runs), scale: { zero: false } },
                      color: runColor(ids),
                      shape: {
                        field: 'mixed',
                        type: 'nominal',
                        scale: { domain: [false, true], range: ['circle', 'cross'] },
                        legend: null,
                      },
                      opacity: { field: 'step', type: 'quantitative', scale: { range: [0.2, 0.9] }, legend: null },
                      tooltip,
                    },
                  },
                ],
              },
            },
          ],
    table: tableOf(
      columns(name),
      points.map(({ run, step, decisions, quality, mixed, costs }): Record<string, Cell> => {
        return { run, step, cost: costs[name] ?? null, quality, mixed, decisions: decisions.join(' ') };
      }),
    ),
    isFolded: false,
  };
}

function columns(name: string) {
  return [
    runColumn,
    { name: 'step', title: 'step' },
    { name: 'cost', title: costTitle(name) },
    { name: 'quality', title: 'quality' },
    { name: 'mixed', title: 'all options on' },
    { name: 'decisions', title: 'decisions' },
  ];
}

function sampledNote({ id, samples }: ReportedRun, { all, shown }: Sampled): string {
  if (samples.length === 0) return `${id} has no samples.jsonl: a version before this log ran it, or it has not begun.`;
  if (all === shown.length) return `${id}: all ${grouped(all)} samples.`;
  return `${id}: ${grouped(shown.length)} of ${grouped(all)} samples, at equal distances in their order. The run's samples.jsonl has all of them.`;
}
