/** Quality of a sub-network on one validation batch, from which the controller learns at a step. */
import { countCorrect, sumCrossEntropy } from '#core/statistics/scoring';
import type { Batch } from '#data/sets/loader';

export type QualityKind = 'accuracy' | 'distillation';

/** Returns top-1 accuracy from 0 to 1, or the negative mean cross-entropy against the teacher in nats. */
export function batchQuality(kind: QualityKind, logits: Float32Array, batch: Batch): number {
  const classes = logits.length / batch.n;
  if (kind === 'accuracy') return countCorrect(logits, batch.labels, classes) / batch.n;
  return -sumCrossEntropy(logits, batch.soft, classes) / batch.n;
}
