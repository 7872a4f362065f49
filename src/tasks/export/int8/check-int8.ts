/** Checks a model in int8: compares its logits, as its users' runtime gives them, with those of the float32 network. */
import { percent } from '#core/percent';
import { countCorrect } from '#core/statistics/scoring';
import { logitsWith } from '#networks/nn/frozen-network';
import { delegatedText } from '#tasks/export/check-export';
import type { Exported, ExportedLogits, Int8File, TrialImages } from '#tasks/export/exporter';
import type { Calibration } from './calibrate.js';
import { simulatedLogits } from './quantize-network.js';
import { relativeError } from './relative-error.js';

export interface Int8Check extends Omit<ExportedLogits, 'logits'> {
  readonly images: number;
  /** Root mean square of the differences from the float32 logits, as a share of those logits' root mean square. */
  readonly error: number;
  /** The same by the simulation in float32 that chose the ranges. */
  readonly predicted: number;
  /** Share of the images with the same class on top. */
  readonly agreement: number;
}

const tolerance = 2; // times the predicted error: what rounds in other places differs little, a wrong operator much

/** Compares the logits; an error far above the predicted one is a bug in this program or the runtime and throws an `Error`. */
export async function checkInt8(
  folder: string,
  file: Int8File,
  exported: Exported,
  { quantized }: Calibration,
  images: TrialImages,
): Promise<Int8Check> {
  const { network, weights } = exported;
  const real = logitsWith(network, weights, images, images.batch);
  const tops = topClasses(real, network.classes);
  const { logits, ...about } = await file.logits(folder, exported, images);
  const check = {
    ...about,
    images: images.n,
    error: Math.max(...logits.map((found) => relativeError(found, real))),
    predicted: relativeError(simulatedLogits(quantized, network.input, images), real),
    agreement: Math.min(...logits.map((found) => countCorrect(found, tops, network.classes) / tops.length)),
  };
  if (!(check.error <= tolerance * check.predicted))
    throw new Error(`${folder}: ${int8CheckText(check)}; expected at most ${tolerance} times the prediction`);
  return check;
}

/** Returns the class of the largest entry in each row of logits [n, K]. */
export function topClasses(logits: Float32Array, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const entries = logits.subarray(row * classes, (row + 1) * classes);
    return entries.indexOf(Math.max(...entries));
  });
}

export function int8CheckText({ runtime, delegated, images, error, predicted, agreement }: Int8Check): string {
  const by = delegated === undefined ? runtime : `${runtime}, ${delegatedText(delegated)},`;
  const far = `by ${percent(error)} of their root mean square (predicted ${percent(predicted)})`;
  return `logits of ${images} images in int8 by ${by} differ from float32 ${far}; ${percent(agreement)} have the same class on top`;
}
