/** The result of a whole search: the trained network, its costs and accuracy, and where everything lies. */
import { join } from 'node:path';
import { namesIn } from '#core/files/files';
import { shownPath } from '#core/files/shown-path';
import { type Cost, type Evaluation, readSearchResult } from '#jobs/runs/run-result';
import type { Int8Figures } from '#tasks/export/exporter';
import type { Format } from '#tasks/export/formats';
import { readInt8Result } from '#tasks/export/int8-result';
import { readEvaluation } from '#tasks/training/finished-run';
import type { Project } from './project.js';

export interface ProjectReport {
  readonly name: string;
  /** Costs of the network, by name. */
  readonly costs: Readonly<Record<string, Cost>>;
  /** A sentence for each target that is missed. */
  readonly missed: readonly string[];
  /** Accuracy of the trained network on the test images. */
  readonly test: Evaluation;
  readonly exports: readonly ReportedExport[];
  /** Folders of the runs: coarse, fine, train. */
  readonly runs: readonly string[];
}

export interface ReportedExport {
  readonly format: Format;
  readonly folder: string;
  readonly files: readonly string[];
  /** Accuracy of the network in int8; undefined if it was not exported so, or not evaluated. */
  readonly int8?: Int8Figures | undefined;
}

/** Reads the result of a project that is done; undefined for one without a final training. */
export function projectReport({ config, request, training, exports }: Project): ProjectReport | undefined {
  if (training === undefined) return undefined;
  const { root, id } = request;
  const { costs, missed } = readSearchResult(join(root, `${id}-fine`));
  return {
    name: config.config.name,
    costs,
    missed,
    test: readEvaluation(training.folder),
    exports: exports.map(({ format, folder }) => ({
      format,
      folder: shownPath(folder),
      files: namesIn(folder),
      int8: readInt8Result(folder),
    })),
    runs: ['coarse', 'fine', 'train'].map((stage) => join(root, `${id}-${stage}`)),
  };
}
