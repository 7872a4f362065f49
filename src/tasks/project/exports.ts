/** The exports of a search: a folder for each format, written once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { locateYaml, readText } from '#core/documents/document';
import { Failure } from '#core/failure';
import { type Format, int8Formats } from '#tasks/export/formats';
import type { LocatedConfig } from '#tasks/search/config/config';
import type { FinalTraining } from './final-training.js';

export interface PlannedExport {
  readonly format: Format;
  readonly folder: string;
  /** True if the network is exported in int8 too. */
  readonly int8: boolean;
  /** True if the folder holds the export of the training run. */
  readonly isDone: boolean;
}

/**
 * Plans the exports of a config; a folder that holds anything but the export of its final training is refused.
 *
 * @param id  the run id of the search
 */
export function planExports(config: LocatedConfig, training: FinalTraining | undefined, id: string): PlannedExport[] {
  const { export: asked } = config.config;
  if (asked === undefined || training === undefined) return [];
  return asked.to.map((format) => {
    const folder = join(config.path(asked.folder ?? join('exported', id)), format);
    const isThere = existsSync(folder);
    if (isThere && !(training.isDone && exportedRun(folder) === training.id)) throw otherExport(config, folder);
    return { format, folder, int8: (asked.int8 ?? false) && int8Formats.includes(format), isDone: isThere };
  });
}

const exportSchema = z.object({ provenance: z.object({ run: z.string() }) });

/** The run whose network a folder holds; undefined if it holds something else. */
function exportedRun(folder: string): string | undefined {
  const file = join(folder, 'architecture.yaml');
  return existsSync(file)
    ? exportSchema.safeParse(locateYaml(file, readText(file)).value).data?.provenance.run
    : undefined;
}

function otherExport({ located }: LocatedConfig, folder: string): Failure {
  const message = `expected a folder for a new export; got ${folder}, which is there already`;
  const remedy = 'remove it, or name another folder: --set export.folder=FOLDER';
  return new Failure('usage', located.at(['export', 'folder'], message), remedy);
}
