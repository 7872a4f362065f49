/** The lines that `eval --int8` prints about the network in int8. */
import { percent } from '#core/percent';
import type { Evaluation } from '#jobs/runs/evaluation';
import type { Int8Evaluation } from '#tasks/project/int8-evaluation';
import { evaluationText } from './evaluation-text.js';

const shown = 5;

/** Says the accuracy in int8, what it costs against float32, and which layers lose most. */
export function int8Lines(
  { runtime, rule, evaluation, agreement, layers }: Int8Evaluation,
  { top1 }: Evaluation,
): string[] {
  const lost = 100 * (top1 - evaluation.top1);
  const layerTexts = layers.slice(0, shown).map(({ layer, error }) => `${layer} ${percent(error)}`);
  return [
    `${evaluationText('int8', { evaluation })}, by ${runtime}, ranges by ${rule}`,
    `${Math.abs(lost).toFixed(2)} points of top-1 ${lost >= 0 ? 'lost' : 'gained'} by int8, ${percent(agreement)} of the images with the same class on top`,
    `error of the logits by each layer alone, the largest: ${layerTexts.join(', ')}`,
  ];
}
