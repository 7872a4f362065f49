/** Evaluates a network in int8 in a runtime of its users. */
import { countCorrect } from '#core/statistics/scoring';
import type { ModelRuntime } from '#data/runtimes/model-runtimes';
import type { Batch } from '#data/sets/loader';
import type { Evaluation } from '#jobs/runs/evaluation';
import type { Images } from '#networks/nn/model';
import { inputSize } from '#networks/space/resolution';
import type { Exported, Int8Figures } from '#tasks/export/exporter';
import type { Calibration } from '#tasks/export/int8/calibrate';
import type { RangeRule } from '#tasks/export/int8/histogram';
import { openInt8 } from '#tasks/export/int8/int8-session';
import { type LayerError, layerErrors } from '#tasks/export/int8/layer-errors';
import { type EvaluationImages, evaluate } from '#tasks/training/evaluate';

export interface Int8Evaluation extends Int8Figures {
  /** How ranges were chosen. */
  readonly rule: RangeRule;
  readonly evaluation: Evaluation;
  /** The largest error first. */
  readonly layers: readonly LayerError[];
}

const imagesPerLayer = 32; // on which each layer alone is put into int8

/**
 * Evaluates a quantized network in a runtime.
 *
 * @param training  images for the errors of its layers
 * @param tops      the class on top in float32, of each image in order
 */
export async function int8Evaluation(
  runtime: ModelRuntime,
  exported: Exported,
  { quantized, rule }: Calibration,
  training: Images,
  on: EvaluationImages,
  tops: readonly number[],
): Promise<Int8Evaluation> {
  const { input, classes } = exported.network;
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
