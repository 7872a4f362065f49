/**
 * Writes a study's results to its folder: `study.json` with every finding, `study.md` with the table, `study.svg` with
 * the plot.
 */

import { join } from 'node:path';
import { writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { ConfidenceInterval } from '#core/statistics/confidence';
import { rankingChart, winnersChart } from '#tasks/report/study-chart';
import { svgOf } from '#tasks/report/svg';
import { compareRankings, type RankingSummary } from './compare-rankings.js';
import { type ArmSummary, compareWinners } from './compare-winners.js';
import type { ArmFindings } from './run-study.js';
import type { Study } from './study.js';

export interface StudyResult {
  readonly name: string;
  readonly measure: Study['measure'];
  readonly seeds: number;
  readonly trainings: number;
  readonly winners: readonly ArmSummary[] | null;
  readonly rankings: readonly RankingSummary[] | null;
  readonly arms: readonly ArmFindings[];
}

export function studyResult({ name, measure, seeds, trainings }: Study, arms: readonly ArmFindings[]): StudyResult {
  const [winners, rankings] =
    measure === 'winners' ? ([compareWinners(arms), null] as const) : ([null, compareRankings(arms)] as const);
  return { name, measure, seeds, trainings, winners, rankings, arms };
}

export async function writeStudy(folder: string, result: StudyResult): Promise<void> {
  writeAtomically(join(folder, 'study.json'), jsonText(result));
  const plotted = result.arms.flatMap(({ name, findings }) =>
    findings.map(({ seed, held, alone }) => ({ arm: name, seed, inSuperNet: held?.top1 ?? null, alone })),
  );
  const chart = result.measure === 'winners' ? winnersChart(plotted) : rankingChart(plotted);
  writeAtomically(join(folder, 'study.svg'), await svgOf(chart));
  writeAtomically(join(folder, 'study.md'), studyMarkdown(result));
}

export function studyMarkdown(result: StudyResult): string {
  const rows = studyRows(result);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [head = [], ...body] = rows;
  const table = [line(head), line(head.map(() => '---')), ...body.map(line)];
  return [`# ${result.name}`, '', ...table, '', `![](study.svg)`, ''].join('\n');
}

/** Returns the rows of the table, the heads first. */
export function studyRows({ winners, rankings }: StudyResult): string[][] {
  if (winners !== null) return winnerRows(winners);
  return rankingRows(rankings ?? []);
}

function winnerRows(winners: readonly ArmSummary[]): string[][] {
  const costs = Object.keys(winners[0]?.costs ?? {});
  const [first] = winners;
  const alike = winners.some((winner) => winner.alike !== null) ? ['in the judge'] : [];
  const less = `minus ${first?.name}`;
  return [
    ['', 'n', 'test accuracy', '95 % interval', less, 'in the SuperNet', ...alike, ...costs, 'search images'],
    ...winners.map(({ name, accuracy, interval, difference, inSuperNet, costs: of, searchImages, ...winner }) => [
      name,
      counted(winner),
      percent(accuracy),
      range(interval),
      difference === null ? '' : `${signed(difference.mean)} (${range(difference.interval, signed)})`,
      inSuperNet === null ? '' : percent(inSuperNet),
      ...alike.map(() => (winner.alike === null ? '' : percent(winner.alike))),
      ...costs.map((cost) => `${of[cost]?.mean.toPrecision(4)} (${signed(of[cost]?.distance as number)})`),
      grouped(searchImages),
    ]),
  ];
}

function rankingRows(rankings: readonly RankingSummary[]): string[][] {
  const means = ['mean in the SuperNet', 'mean alone', "the SuperNet's first, alone", 'the best, alone'];
  return [
    ['', 'n', "Kendall's tau by accuracy", 'by cross-entropy', "Spearman's rho", 'by cross-entropy', ...means],
    ...rankings.map((of) => [
      of.name,
      counted(of),
      ...[of.byAccuracy, of.byLoss].map(({ tau, interval }) => `${plain(tau)} (${range(interval, plain)})`),
      ...[of.byAccuracy, of.byLoss].map(({ rho }) => plain(rho)),
      ...[of.inSuperNet, of.alone, of.chosen, of.best].map(percentOrUnknown),
    ]),
  ];
}

function plain(value: number | null): string {
  return value === null ? unknown : value.toFixed(2);
}

/** Shown where findings are too few or too similar for a figure. */
const unknown = 'n/a';

/** Formats the number of findings and, where some share an architecture, that of architectures. */
function counted({ n, architectures }: { readonly n: number; readonly architectures: number }): string {
  return n === architectures ? `${n}` : `${n} of ${architectures} architectures`;
}

function percentOrUnknown(value: number | null): string {
  return value === null ? unknown : percent(value);
}

function signed(share: number): string {
  return `${share < 0 ? '' : '+'}${percent(share)}`;
}

function range(interval: ConfidenceInterval | null, figure: (value: number) => string = percent): string {
  return interval === null ? unknown : `${figure(interval[0])} to ${figure(interval[1])}`;
}
