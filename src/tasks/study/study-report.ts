/**
 * Writes a study's results to its folder: `study.json` with every finding, `study.md` with the table, `study.svg` with
 * the plot.
 */
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { writeAtomically } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { lengthsChart, paretoChart, rankingChart, winnersChart } from '#tasks/report/study-chart';
import { svgOf } from '#tasks/report/svg';
import { compareLengths } from './compare-lengths.js';
import { compareRankings } from './compare-rankings.js';
import { compareWinners } from './compare-winners.js';
import type { ArmFindings } from './run-study.js';
import type { Study } from './study.js';
import { type Summaries, studyRows } from './study-table.js';

export interface StudyResult extends Summaries {
  readonly name: string;
  readonly measure: Study['measure'];
  readonly seeds: readonly number[];
  readonly trainings: number;
  readonly arms: readonly ArmFindings[];
}

type Compared = Pick<Study, 'name' | 'measure' | 'trainings'>;

export function studyResult({ name, measure, trainings }: Compared, arms: readonly ArmFindings[]): StudyResult {
  const found = arms.flatMap(({ findings }) => findings.map(({ seed }) => seed));
  const seeds = [...new Set(found)].sort((a, b) => a - b);
  return {
    ...{ name, measure, seeds, trainings },
    winners: measure === 'winners' ? compareWinners(arms) : null,
    rankings: measure === 'ranking' ? compareRankings(arms) : null,
    lengths: measure === 'lengths' ? compareLengths(arms) : null,
    arms,
  };
}

/** Name of the file with every finding, in the study's folder. */
export const studyFile = 'study.json';

export async function writeStudy(folder: string, result: StudyResult): Promise<void> {
  writeAtomically(join(folder, studyFile), jsonText(result));
  writeAtomically(join(folder, 'study.svg'), await studyPlot(result));
  writeAtomically(join(folder, 'study.md'), studyMarkdown(result));
}

/** Returns the plot as SVG. */
export function studyPlot(result: StudyResult): Promise<string> {
  return svgOf(studyChart(result));
}

function studyChart({ winners, lengths, arms }: StudyResult): TopLevelSpec {
  if (lengths !== null) return lengthsChart(plottedLengths(arms));
  const plotted = arms.flatMap(({ name, target, findings }) =>
    findings.map(({ seed, held, alone, costs }) => ({
      ...{ arm: name, seed, inSuperNet: held?.top1 ?? null, alone },
      ...{ target, cost: Object.values(costs)[0]?.value ?? null },
    })),
  );
  if (winners === null) return rankingChart(plotted);
  const targets = new Set(arms.map(({ target }) => target));
  const [cost = ''] = Object.keys(winners[0]?.costs ?? {});
  return targets.size > 1 ? paretoChart(plotted, cost) : winnersChart(plotted);
}

function plottedLengths(arms: readonly ArmFindings[]) {
  return arms.flatMap(({ name, findings }) =>
    findings.flatMap(({ architecture, trained }) =>
      trained.flatMap(({ epochs, top1 }) => top1.map((alone) => ({ arm: name, architecture, epochs, alone }))),
    ),
  );
}

export function studyMarkdown(result: StudyResult): string {
  const rows = studyRows(result);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [head = [], ...body] = rows;
  const table = [line(head), line(head.map(() => '---')), ...body.map(line)];
  return [`# ${result.name}`, '', ...table, '', `![](study.svg)`, ''].join('\n');
}
