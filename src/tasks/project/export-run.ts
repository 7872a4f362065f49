/** Exports the network of a training run and checks the files, as `export RUN --check` does. */
import { Failure } from '#core/failure';
import { checkExport } from '#tasks/export/check-export';
import type { Exporter } from '#tasks/export/exporter';
import { exporters } from '#tasks/export/exporters';
import type { Format } from '#tasks/export/formats';
import { writeExport } from '#tasks/export/write-export';
import { readFinishedRun } from '#tasks/training/finished-run';
import { exportedOf } from './exported.js';
import { trialImages } from './trial-images.js';

/**
 * Exports a finished run to a new folder. Logits that differ from ours are an error. Returns a warning if they were not
 * compared, since the format's runtime is not installed.
 *
 * @param folder  of the run
 */
export async function exportRun(folder: string, format: Format, to: string): Promise<string | undefined> {
  const exporter = exporters[format];
  const run = readFinishedRun(folder);
  const { network, weights } = run;
  const { images } = await trialImages(network, run, {}, exporter.batch);
  const exported = exportedOf({ network, weights, origin: `trained by the run ${run.id}`, run });
  await writeExport(to, exporter, exported, { fold: exporter.isGraph, batch: exporter.batch });
  const missing = missingRuntime(exporter);
  if (missing !== undefined) return `${to}: not checked: ${missing}`;
  await checkExport(to, exporter, exported, images);
  return undefined;
}

function missingRuntime({ requireRuntime }: Exporter): string | undefined {
  try {
    requireRuntime?.();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return [error.message, error.remedy].filter(Boolean).join('; to check, ');
    throw error;
  }
}
