/** Evaluates a network in int8 with the runtime that phones use. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluationText } from '#cli/terminal/evaluation-text';
import { percent } from '#core/percent';
import { litertLogits } from '#data/runtimes/litert';
import type { Batch } from '#data/sets/loader';
import type { Evaluation } from '#jobs/runs/evaluation';
import type { Images } from '#networks/nn/model';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Exported } from '#tasks/export/exporter';
import { agreementOf } from '#tasks/export/int8/check-int8';
import type { RangeRule } from '#tasks/export/int8/histogram';
import { type LayerError, layerErrors } from '#tasks/export/int8/layer-errors';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { litertInt8Model } from '#tasks/export/litert/litert';
import { type EvaluationImages, evaluate } from '#tasks/training/evaluate';

export interface Int8Evaluation {
  readonly runtime: string;
  /** How ranges were chosen. */
  readonly rule: RangeRule;
  readonly evaluation: Evaluation;
  /** Share of the images with the same class on top as in float32. */
  readonly agreement: number;
  /** The largest error first. */
  readonly layers: readonly LayerError[];
}

const imagesPerLayer = 32; // on which each layer alone is put into int8

/**
 * Quantizes a network and evaluates it in LiteRT.
 *
 * @param training  images from which ranges are measured
 * @param real      computes the logits of a batch in float32
 */
export async function int8Evaluation(
  exported: Exported,
  training: Images,
  on: EvaluationImages,
  real: (batch: Batch) => Float32Array,
): Promise<Int8Evaluation> {
  const { input, classes } = exported.network;
  const { quantized, rule } = quantizedNetwork(exported, training);
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-nas-int8-'));
  try {
    const file = join(folder, 'model.tflite');
    writeFileSync(file, Buffer.concat(litertInt8Model(exported, quantized)));
    let runtime = '';
    let same = 0;
    const logits = (batch: Batch) => {
      const { n, images } = batch;
      const pixels = preprocessed(images, [n, ...inputShape(input)], preprocessingFor('NHWC', input));
      const found = litertLogits(file, pixels, n, 'xnnpack');
      const [integers] = found.logits as [Float32Array];
      same += n * agreementOf(integers, real(batch), classes);
      ({ runtime } = found);
      return integers;
    };
    const evaluation = await evaluate(on, logits);
    const agreement = same / evaluation.n;
    const few = { n: imagesPerLayer, images: training.images.subarray(0, imagesPerLayer * inputSize(input)) };
    return { runtime, rule, evaluation, agreement, layers: layerErrors(quantized, input, few) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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
