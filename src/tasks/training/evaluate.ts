/** Accuracy and loss of a network on a split, or of a sub-network of a SuperNet. */
import { countTop, sumCrossEntropy, wilsonInterval } from '#core/statistics/scoring';
import { type ImageSource, imageBytes } from '#data/images/image-source';
import type { Split } from '#data/sets/distillation-set';
import { smoothed } from '#data/sets/labelled-batches';
import { type Batch, inOrder } from '#data/sets/loader';
import type { Evaluation } from '#jobs/runs/run-result';

export type { Evaluation };

const evaluationBatch = 500; // images; large enough that per-op overhead vanishes

/** Labelled images that a network is evaluated on, each once. */
export interface EvaluationImages {
  readonly name: string;
  readonly classes: number;
  batches(): Iterable<Batch>;
}

export function splitImages(split: Split): EvaluationImages {
  return { name: split.name, classes: split.layout.classes, batches: () => inOrder(split, evaluationBatch) };
}

/** A source's test part, its labels as targets. */
export function testImages({ test, classes, shape }: ImageSource): EvaluationImages {
  const size = imageBytes(shape);
  return {
    name: 'test',
    classes,
    *batches() {
      for (let from = 0; from < test.n; from += evaluationBatch) {
        const labels = Int32Array.from(test.labels.subarray(from, from + evaluationBatch));
        const images = test.images.subarray(from * size, (from + labels.length) * size);
        yield { n: labels.length, images, labels, soft: smoothed(labels, classes, 0) };
      }
    },
  };
}

/** @param logits  of a batch, [n, K] row by row */
export function evaluate(on: EvaluationImages, logits: (batch: Batch) => Float32Array): Evaluation {
  const { name, classes } = on;
  let n = 0;
  let top1 = 0;
  let top5 = 0;
  let loss = 0;
  for (const batch of on.batches()) {
    n += batch.n;
    const scores = logits(batch);
    top1 += countTop(scores, batch.labels, classes, 1);
    top5 += countTop(scores, batch.labels, classes, 5);
    loss += sumCrossEntropy(scores, batch.soft, classes);
  }
  return { split: name, n, top1: top1 / n, top1Interval: wilsonInterval(top1, n), top5: top5 / n, loss: loss / n };
}
