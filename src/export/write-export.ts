/** The folder of an export: the model's files, and what whoever uses them needs beside them. */
import { jsonText } from '../core/json.js';
import { type FileContent, writeFolder } from '../core/whole-folder.js';
import { asSpace, printSpace } from '../space/print.js';
import type { Exported, Exporter, ExportOptions } from './exporter.js';
import { modelCard } from './model-card.js';
import { preprocessingOf } from './preprocessing.js';

/** Writes a new folder and gives the names of its files. */
export function writeExport(
  folder: string,
  exporter: Exporter,
  exported: Exported,
  options: ExportOptions,
): readonly string[] {
  const files = [...exporter.files(exported, options), ...filesBeside(exporter, exported, options)];
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

/** A name for each class: its number where nobody named it. */
function labels({ classNames, network }: Exported): readonly string[] {
  return classNames ?? Array.from({ length: network.classes }, (_, k) => String(k));
}
