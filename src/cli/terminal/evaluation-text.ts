import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { ByClass, Evaluation } from '#jobs/runs/evaluation';
import { aligned } from './table.js';

/** Figures of an evaluation, and what is known of its origin. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly byClass?: ByClass | undefined;
  /** Origin of the weights. */
  readonly weights?: string | undefined;
}

/** The accuracy of a network on a split, the weights that were used, the worst classes and the confusions. */
export function evaluationText(network: string, { evaluation, byClass, weights }: Evaluated): string {
  const { split, n, top1, top1Interval, top5, top5Interval, loss } = evaluation;
  const figures = [`top-1 ${shareText(top1, top1Interval)}`, `top-5 ${shareText(top5, top5Interval)}`];
  return [
    `${network} on ${n} images of ${split}: ${figures.join(', ')}, loss ${loss.toFixed(4)}`,
    ...(weights === undefined ? [] : [`weights: ${weights}`]),
    ...(byClass === undefined ? [] : classLines(byClass)),
  ].join('\n');
}

/** The weights of a training that were evaluated and written. */
export function weightsText(weights: 'last' | 'average'): string {
  return weights === 'average' ? 'moving average' : 'those of the last step';
}

/** A share with its interval: `12.34 % (95 % interval 11.00 % to 13.00 %)`. */
function shareText(share: number, interval: readonly [number, number]): string {
  return `${percent(share)} (95 % interval ${interval.map((end) => percent(end)).join(' to ')})`;
}

const shown = 5;

/** Lists the classes with the lowest accuracies and the most frequent confusions; nothing where all is correct. */
export function classLines({ classes, confusions = [] }: ByClass): string[] {
  const worst = classes.flatMap(({ name, n, top1 }) => (top1 === null || top1 === 1 ? [] : [{ name, n, top1 }]));
  worst.sort((a, b) => a.top1 - b.top1);
  const accuracies = worst.slice(0, shown).map(({ name, n, top1 }) => [name, percent(top1), `of ${grouped(n)}`]);
  const mistakes = confusions.slice(0, shown).map(({ label, predicted, n, share }) => {
    return [`${label} taken for ${predicted}`, percent(share), `${grouped(n)} images`];
  });
  return [...section('worst classes', accuracies), ...section('most frequent confusions', mistakes)];
}

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : [title, ...aligned(rows, new Set([1])).map((line) => `  ${line}`)];
}
