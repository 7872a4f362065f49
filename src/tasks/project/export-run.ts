/** Exports the network of a training run and checks the files, as `export RUN --check` does. */
import { Failure } from '#core/failure';
import { type ModelRuntime, modelRuntimes } from '#data/runtimes/model-runtimes';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { checkExport } from '#tasks/export/check-export';
import type { Exported } from '#tasks/export/exporter';
import { exporters } from '#tasks/export/exporters';
import { type Format, requireInt8 } from '#tasks/export/formats';
import { checkInt8, topClasses } from '#tasks/export/int8/check-int8';
import { requireInt8Runtime } from '#tasks/export/int8/int8-session';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { writeExport } from '#tasks/export/write-export';
import type { EvaluationImages } from '#tasks/training/evaluate';
import { type FinishedRun, openRunImages, readFinishedRun } from '#tasks/training/finished-run';
import { calibrationImages } from './calibration-images.js';
import { exportedOf } from './exported.js';
import { int8Evaluation } from './int8-evaluation.js';
import { trialImages } from './trial-images.js';

/**
 * Exports a finished run to a new folder. Logits that differ from ours are an error. Returns a warning if they were not
 * compared, since the format's runtime is not installed.
 *
 * @param folder  of the run
 * @param inInt8  true to write the network in int8 too, with its accuracy on the test images; a usage failure for formats
 *                without it
 */
export async function exportRun(
  folder: string,
  format: Format,
  to: string,
  inInt8 = false,
): Promise<string | undefined> {
  if (inInt8) requireInt8(format, 'int8');
  const exporter = exporters[format];
  const run = readFinishedRun(folder);
  const { network, weights } = run;
  const { images } = await trialImages(network, run, {}, exporter.batch);
  const exported = exportedOf({ network, weights, origin: `trained by the run ${run.id}`, run });
  const runtime: ModelRuntime = modelRuntimes.find((name) => name === format) ?? 'litert';
  const missing = missingRuntime(() => {
    exporter.requireRuntime?.();
    if (inInt8) requireInt8Runtime(runtime);
  });
  const int8 = inInt8 ? await quantized(run, exported, missing === undefined ? runtime : undefined) : undefined;
  await writeExport(to, exporter, exported, { fold: exporter.isGraph, batch: exporter.batch, ...int8 });
  if (missing !== undefined) return `${to}: not checked: ${missing}`;
  await checkExport(to, exporter, exported, images);
  if (int8 !== undefined && exporter.int8 !== undefined)
    await checkInt8(to, exporter.int8, exported, int8.int8, images);
  return undefined;
}

function missingRuntime(requireRuntimes: () => void): string | undefined {
  try {
    requireRuntimes();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return [error.message, error.remedy].filter(Boolean).join('; to check, ');
    throw error;
  }
}

/** Quantizes a run's network with its training images and, in a runtime, evaluates it on its test images. */
async function quantized(run: FinishedRun, exported: Exported, runtime: ModelRuntime | undefined) {
  const training = await calibrationImages(run.network, run, {});
  const int8 = quantizedNetwork(exported, training);
  if (runtime === undefined) return { int8 };
  const { test } = await openRunImages(run, 'export the run again once its images are back');
  const tops = await topsOf(exported, test);
  return { int8, int8Evaluation: await int8Evaluation(runtime, exported, int8, training, test, tops) };
}

/** Returns the class on top in float32, of each image in order. */
async function topsOf({ network, weights }: Exported, on: EvaluationImages): Promise<number[]> {
  const { model, forward, statistics, dispose } = frozenNetwork(network, weights);
  try {
    const tops: number[] = [];
    for await (const batch of on.batches()) {
      tops.push(...topClasses(model.logits(forward, batch, statistics), network.classes));
    }
    return tops;
  } finally {
    dispose();
  }
}
