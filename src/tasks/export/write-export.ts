/** Writes the folder of an export: the model's files, labels, preprocessing, architecture and model card. */

import { jsonText } from '#core/files/json';
import { type FileContent, writeFolder } from '#core/files/whole-folder';
import { asSpace, printSpace } from '#networks/space/print';
import type { Exported, Exporter, ExportOptions } from './exporter.js';
import { int8ResultFile } from './int8-result.js';
import { labelsFile, labelsText } from './labels.js';
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
  const { network, provenance, origin, centralCrop } = exported;
  const resize = centralCrop === undefined ? {} : { resize: { filter: 'bilinear', antialias: true, centralCrop } };
  const preprocessing = { ...preprocessingOf(network, exporter.layout), ...resize };
  return [
    { name: labelsFile, content: labelsText(exported) },
    { name: 'preprocessing.json', content: jsonText(preprocessing) },
    { name: 'architecture.yaml', content: printSpace(asSpace(network), { ...provenance, origin }) },
    { name: 'README.md', content: modelCard(exported, exporter, options) },
    ...(options.int8Evaluation ? [{ name: int8ResultFile, content: jsonText(options.int8Evaluation) }] : []),
  ];
}
