/** Accuracy and loss of a network, or of a sub-network of a SuperNet, on labelled images. */
import { countTop, sumCrossEntropy, wilsonInterval } from '#core/statistics/scoring';
import { plainView } from '#data/images/fit';
import { formOf, type ImageForm, type ImageSet } from '#data/images/image-source';
import { imageBytes, stackedImages } from '#data/images/image-stack';
import { readAhead } from '#data/images/read-ahead';
import type { Split } from '#data/sets/distillation-set';
import { smoothed } from '#data/sets/labelled-batches';
import { type Batch, inOrder } from '#data/sets/loader';
import type { Evaluation } from '#jobs/runs/evaluation';
import { addCounts, type ClassCounts, startCounts } from './class-counts.js';

export type { Evaluation };

const evaluationBatch = 500; // images; large enough that per-op overhead vanishes

/** Labelled images that a network is evaluated on; its batches contain each image once. */
export interface EvaluationImages {
  readonly name: string;
  readonly classes: number;
  batches(): Iterable<Batch> | AsyncIterable<Batch>;
}

/** Returns the images of one split of a distillation set, with the teacher's probabilities as targets. */
export function splitImages(split: Split) {
  const batches = () => inOrder(split, evaluationBatch);
  return { name: split.name, classes: split.layout.classes, batches } satisfies EvaluationImages;
}

/** Returns the test images of a data set, with their labels as targets. */
export function testImages(source: ImageSet): EvaluationImages {
  const { test } = source;
  const form = formOf(source);
  const load = (from: number) => hardLabelled(source, form, from, Math.min(evaluationBatch, test.n - from));
  return {
    name: 'test',
    classes: form.classes,
    async *batches() {
      const at = test.inMemory ? load : readAhead(load);
      for (let from = 0; from < test.n; from += evaluationBatch) {
        const next = from + evaluationBatch;
        yield await at(from, next < test.n ? [next] : []);
      }
    },
  };
}

/** Loads `n` test images, the first at `from`, with one-hot targets. */
async function hardLabelled(
  { test, fit }: ImageSet,
  { shape, classes }: ImageForm,
  from: number,
  n: number,
): Promise<Batch> {
  const labels = Int32Array.from({ length: n }, (_, i) => test.label(from + i));
  const size = imageBytes(shape);
  const images = new Uint8Array(n * size);
  const load = async (place: number) => {
    const { pixels } = await plainView(await test.load(from + place), fit);
    stackedImages(images, size, place).set(pixels);
  };
  await Promise.all(Array.from({ length: n }, (_, i) => load(i)));
  return { n, images, labels, soft: smoothed(labels, classes, 0) };
}

/** Computes the logits of a batch, [n, K] row by row. */
type Logits = (batch: Batch) => Float32Array | Promise<Float32Array>;

/** Evaluates a network on all images. */
export async function evaluate(on: EvaluationImages, logits: Logits): Promise<Evaluation> {
  return (await evaluateByClass(on, logits)).evaluation;
}

/** Evaluates a network on all images, and counts its predictions class by class. */
export async function evaluateByClass(
  on: EvaluationImages,
  logits: Logits,
): Promise<{ evaluation: Evaluation; counts: ClassCounts }> {
  const { name, classes } = on;
  const counts = startCounts(classes);
  let n = 0;
  let top1 = 0;
  let top5 = 0;
  let loss = 0;
  for await (const batch of on.batches()) {
    n += batch.n;
    const scores = await logits(batch);
    top1 += countTop(scores, batch.labels, classes, 1);
    top5 += countTop(scores, batch.labels, classes, 5);
    loss += sumCrossEntropy(scores, batch.soft, classes);
    addCounts(counts, scores, batch.labels);
  }
  const shares = {
    top1: top1 / n,
    top1Interval: wilsonInterval(top1, n),
    top5: top5 / n,
    top5Interval: wilsonInterval(top5, n),
  };
  return { evaluation: { split: name, n, ...shares, loss: loss / n }, counts };
}
