/** Evaluates a network in int8 in a runtime of its users. */
import { evaluationText } from '#cli/terminal/evaluation-text';
import { percent } from '#core/percent';
import { countCorrect } from '#core/statistics/scoring';
import type { ModelRuntime } from '#data/runtimes/model-runtimes';
import type { Batch } from '#data/sets/loader';
import type { Evaluation } from '#jobs/runs/evaluation';
import type { Images } from '#networks/nn/model';
import { inputSize } from '#networks/space/resolution';
import type { Exported } from '#tasks/export/exporter';
import type { RangeRule } from '#tasks/export/int8/histogram';
import { openInt8 } from '#tasks/export/int8/int8-session';
import { type LayerError, layerErrors } from '#tasks/export/int8/layer-errors';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
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
 * Quantizes a network and evaluates it in a runtime.
 *
 * @param training  images from which ranges are measured
 * @param tops      the class on top in float32, of each image in order
 */
export async function int8Evaluation(
  runtime: ModelRuntime,
  exported: Exported,
  training: Images,
  on: EvaluationImages,
  tops: readonly number[],
): Promise<Int8Evaluation> {
  const { input, classes } = exported.network;
  const { quantized, rule } = quantizedNetwork(exported, training);
  const session = await openInt8(runtime, exported, quantized);
  try {
    let program = '';
    let [done, same] = [0, 0];
    const logits = async (batch: Batch) => {
      const found = await session.logits(batch);
      same += countCorrect(found.logits, tops.slice(done, done + batch.n), classes);
      done += batch.n;
      program = found.runtime;
      return found.logits;
    };
    const evaluation = await evaluate(on, logits);
    const agreement = same / evaluation.n;
    const few = { n: imagesPerLayer, images: training.images.subarray(0, imagesPerLayer * inputSize(input)) };
    return { runtime: program, rule, evaluation, agreement, layers: layerErrors(quantized, input, few) };
  } finally {
    await session.close();
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
