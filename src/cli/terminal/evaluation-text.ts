import { percent } from '#core/percent';
import type { Evaluation } from '#tasks/training/evaluate';

/** The accuracy of a network on a split, on one line. */
export function evaluationText(network: string, evaluation: Evaluation): string {
  const { split, n, top1, top1Interval, top5, loss } = evaluation;
  const interval = `95 % interval ${top1Interval.map((share) => percent(share)).join(' to ')}`;
  const figures = [`top-1 ${percent(top1)} (${interval})`, `top-5 ${percent(top5)}`, `loss ${loss.toFixed(4)}`];
  return `${network} on ${n} images of ${split}: ${figures.join(', ')}`;
}
