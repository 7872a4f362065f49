/** The figure of one run's policy over the steps: a heat map with a row for each option of each choice. */
import { grouped } from '#core/grouped';
import { type Figure, frame } from './figure.js';
import { type PolicyOption, policyOverTime } from './policy-columns.js';
import type { ReportedRun } from './reported-run.js';
import { tableOf } from './table.js';

const mostCells = 12_000; // in a page
const [leastColumns, mostColumns] = [12, 120]; // of one run
const rowHeight = 15;

/** @param isFolded  true to draw it only when the reader opens it */
export function policyFigure(run: ReportedRun, runs: number, isFolded: boolean): Figure {
  const optionCount = run.space.choices.reduce((sum, { options }) => sum + options.length, 0);
  const fitting = Math.floor(mostCells / (runs * Math.max(1, optionCount)));
  const most = Math.min(mostColumns, Math.max(leastColumns, fitting));
  const { options, logged, columns } = policyOverTime(run, most);
  const fields = options.map((_, i) => `o${i}`);
  const shown =
    columns.length < logged
      ? `${columns.length} of ${grouped(logged)} logged policies, at equal distances`
      : `all ${grouped(logged)} logged policies`;
  const isEmpty = columns.length === 0 || options.length === 0;
  return {
    id: `policy-${run.id}`,
    title: `Policy of ${run.id}`,
    notes: [
      `The probability that the policy of ${run.id} gives each option of each choice: ${shown}.`,
      ...(isEmpty ? ['There is nothing to draw yet.'] : []),
    ],
    charts: isEmpty
      ? []
      : [
          {
            id: `policy-${run.id}`,
            title: 'probability of each option: empty 0, full colour 1',
            description: `Heat map: how the probabilities of ${options.length} options of ${run.space.choices.length} choices change over the steps of ${run.id}; the table below has the values.`,
            spec: heatMap(options, fields),
          },
        ],
    table: tableOf(
      [
        { name: 'from', title: 'after step' },
        { name: 'step', title: 'to step' },
        ...options.map(({ choice, option }, i) => ({ name: `o${i}`, title: `${choice} = ${option}` })),
      ],
      columns.map(({ from, step, probabilities }) => ({
        ...{ from, step },
        ...Object.fromEntries(probabilities.map((p, i) => [`o${i}`, Math.round(1000 * p) / 1000])),
      })),
    ),
    isFolded,
  };
}

function heatMap(options: readonly PolicyOption[], fields: readonly string[]) {
  const labels = Object.fromEntries(
    options.map(({ choice, option, isFirst }, i) => [`o${i}`, isFirst ? `${choice}: ${option}` : option]),
  );
  const names = Object.fromEntries(options.map(({ choice, option }, i) => [`o${i}`, `${choice}: ${option}`]));
  const y = {
    field: 'option',
    type: 'nominal' as const,
    scale: { domain: [...fields], paddingInner: 0.08 },
    axis: { labelExpr: `${JSON.stringify(labels)}[datum.value]`, title: null, labelLimit: 160, ticks: false },
  };
  const firsts = fields.filter((_, i) => options[i]?.isFirst);
  return {
    ...frame(rowHeight * fields.length),
    layer: [
      {
        transform: [
          { fold: [...fields], as: ['option', 'p'] as [string, string] },
          { calculate: `${JSON.stringify(names)}[datum.option]`, as: 'name' },
        ],
        mark: { type: 'rect' as const, color: 'var(--heat)', stroke: null },
        encoding: {
          x: { field: 'from', type: 'quantitative' as const, title: 'step', scale: { nice: false } },
          x2: { field: 'step' },
          y,
          opacity: {
            field: 'p',
            type: 'quantitative' as const,
            scale: { domain: [0, 1], range: [0, 1] },
            legend: null,
          },
          tooltip: [
            { field: 'name', title: 'option' },
            { field: 'step', title: 'step' },
            { field: 'p', title: 'probability', format: '.3f' },
          ],
        },
      },
      {
        data: { values: firsts.map((option) => ({ option })) },
        mark: { type: 'rule' as const, color: 'var(--line)', strokeWidth: 1 },
        encoding: { y: { ...y, bandPosition: 0 } },
      },
    ],
  };
}
