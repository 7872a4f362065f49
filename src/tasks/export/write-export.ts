/** Writes the folder of an export: the model's files, labels, preprocessing, architecture and model card. */

import { Failure } from '#core/failure';
import { jsonText } from '#core/files/json';
import { type FileContent, writeFolder } from '#core/files/whole-folder';
import { shown } from '#core/shown';
import { classNameProblems } from '#data/images/class-names';
import { asSpace, printSpace } from '#networks/space/print';
import type { Exported, Exporter, ExportOptions } from './exporter.js';
import { modelCard } from './model-card.js';
import { preprocessingOf } from './preprocessing.js';

/** Writes a new folder and returns the names of its files. */
export async function writeExport(
  folder: string,
  exporter: Exporter,
  exported: Exported,
  options: ExportOptions,
): Promise<readonly string[]> {
  const files = [...(await exporter.files(exported, options)), ...filesBeside(exporter, exported, options)];
  writeFolder(folder, files);
  return files.map(({ name }) => name);
}

function filesBeside(exporter: Exporter, exported: Exported, options: ExportOptions): FileContent[] {
  const { network, provenance, origin } = exported;
  const preprocessing = preprocessingOf(network, exporter.layout);
  return [
    { name: 'labels.txt', content: `${labels(exported).join('\n')}\n` },
    { name: 'preprocessing.json', content: jsonText(preprocessing) },
    { name: 'architecture.yaml', content: printSpace(asSpace(network), { ...provenance, origin }) },
    { name: 'README.md', content: modelCard(exported, exporter, options) },
  ];
}

/**
 * Returns a name for each class: its number if the classes have no names. Names that a line cannot hold are a data
 * failure.
 */
function labels({ classNames, network }: Exported): readonly string[] {
  const problems = classNameProblems(classNames ?? []);
  if (problems.length > 0) {
    throw new Failure(
      'data',
      problems.map(({ at, expected }) => ({
        message: `${network.name}: classNames[${at}]: expected ${expected}; got ${shown(classNames?.[at])}`,
      })),
      'rename the classes of the images, then train again or build their set again',
    );
  }
  return classNames ?? Array.from({ length: network.classes }, (_, k) => String(k));
}
