/** Accuracy and loss of a network on a split, or of a sub-network of a SuperNet. */
import { countTop, sumCrossEntropy, wilsonInterval } from '../core/scoring.js';
import { type Batch, inOrder } from '../data/loader.js';
import type { Split } from '../data/distillation-set.js';

export interface Evaluation {
  readonly split: string;
  readonly n: number;
  readonly top1: number;
  /** 95 %, Wilson. */
  readonly top1Interval: readonly [number, number];
  readonly top5: number;
  /** Mean cross-entropy against the split's soft labels, in nats. */
  readonly loss: number;
}

const evaluationBatch = 500; // images; large enough that per-op overhead vanishes

/** @param logits  of a batch, [n, K] row by row */
export function evaluate(split: Split, logits: (batch: Batch) => Float32Array): Evaluation {
  const { classes } = split.layout;
  let top1 = 0;
  let top5 = 0;
  let loss = 0;
  for (const batch of inOrder(split, evaluationBatch)) {
    const scores = logits(batch);
    top1 += countTop(scores, batch.labels, classes, 1);
    top5 += countTop(scores, batch.labels, classes, 5);
    loss += sumCrossEntropy(scores, batch.soft, classes);
  }
  const n = split.rows;
  return { split: split.name, n, top1: top1 / n, top1Interval: wilsonInterval(top1, n), top5: top5 / n, loss: loss / n };
}
