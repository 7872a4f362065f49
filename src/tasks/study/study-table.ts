/** The tables of studies. */
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { ConfidenceInterval } from '#core/statistics/confidence';
import type { LengthSummary } from './compare-lengths.js';
import type { RankingSummary } from './compare-rankings.js';
import type { ArmSummary } from './compare-winners.js';

/** Returns the rows of the table, the heads first. */
export function studyRows({ winners, rankings, lengths }: Summaries): string[][] {
  if (winners !== null) return winnerRows(winners);
  return lengths === null ? rankingRows(rankings ?? []) : lengthRows(lengths);
}

/** The summaries of the study's measure; the others are null. */
export interface Summaries {
  readonly winners: readonly ArmSummary[] | null;
  readonly rankings: readonly RankingSummary[] | null;
  readonly lengths: readonly LengthSummary[] | null;
}

function winnerRows(winners: readonly ArmSummary[]): string[][] {
  const costs = Object.keys(winners[0]?.costs ?? {});
  const alike = winners.some((winner) => winner.alike !== null) ? ['in the judge'] : [];
  const heads = ['n', 'test accuracy', '95 % interval', `minus ${winners[0]?.name}`, 'in the SuperNet', ...alike];
  return [
    ['', ...targetCell(winners, () => 'target'), ...heads, ...costs, 'search images', 'minutes: search', 'training'],
    ...winners.map((winner) => [
      winner.name,
      ...targetCell(winners, () => `${winner.target}`),
      counted(winner.n, winner.cases),
      percent(winner.accuracy),
      range(winner.interval),
      winner.difference === null
        ? ''
        : `${signed(winner.difference.mean)} (${range(winner.difference.interval, signed)})`,
      winner.inSuperNet === null ? '' : percent(winner.inSuperNet),
      ...alike.map(() => (winner.alike === null ? '' : percent(winner.alike))),
      ...costs.map(
        (cost) => `${winner.costs[cost]?.mean.toPrecision(4)} (${signed(winner.costs[cost]?.distance as number)})`,
      ),
      grouped(winner.searchImages),
      winner.searchSeconds === 0 ? '' : minutes(winner.searchSeconds),
      minutes(winner.trainingSeconds),
    ]),
  ];
}

/** Returns a cell for the target; none if the study states no targets. */
function targetCell(summaries: readonly { readonly target: number | null }[], text: () => string): string[] {
  return summaries.some(({ target }) => target !== null) ? [text()] : [];
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}

function rankingRows(rankings: readonly RankingSummary[]): string[][] {
  const means = ['mean in the SuperNet', 'mean alone', "the SuperNet's first, alone", 'the best, alone'];
  return [
    ['', 'n', "Kendall's tau by accuracy", 'by cross-entropy', "Spearman's rho", 'by cross-entropy', ...means],
    ...rankings.map((of) => [
      of.name,
      counted(of.n, of.architectures),
      ...[of.byAccuracy, of.byLoss].map(({ tau, interval }) => `${plain(tau)} (${range(interval, plain)})`),
      ...[of.byAccuracy, of.byLoss].map(({ rho }) => plain(rho)),
      ...[of.inSuperNet, of.alone, of.chosen, of.best].map(percentOrUnknown),
    ]),
  ];
}

function lengthRows(lengths: readonly LengthSummary[]): string[][] {
  const deviations = ['among networks', 'of trainings', 'of true accuracies'].map((of) => `deviation ${of}`);
  const last = ["the best one's true gain", "Kendall's tau with the longest", 'minutes'];
  return [
    ['', ...targetCell(lengths, () => 'target'), 'epochs', 'n', 'test accuracy', ...deviations, ...last],
    ...lengths.map((of) => [
      of.name,
      ...targetCell(lengths, () => `${of.target}`),
      `${of.epochs}`,
      `${of.n}`,
      percent(of.accuracy),
      ...[of.among, of.within, of.spread, of.ceiling].map(percentOrUnknown),
      of.tau === null ? '' : `${plain(of.tau)} (${range(of.interval, plain)})`,
      minutes(of.seconds),
    ]),
  ];
}

function plain(value: number | null): string {
  return value === null ? unknown : value.toFixed(2);
}

/** Shown where findings are too few or too similar for a figure. */
const unknown = 'n/a';

/** Formats the number of findings and, where some share an architecture, that of architectures. */
function counted(n: number, architectures: number): string {
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
