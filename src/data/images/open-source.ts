/** Opens the images that a recipe or a command names: one of the known data sets, or a folder in a known format. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { assertNever } from '#core/assert-never';
import { cacheFolder } from '#core/files/cache';
import { readBytes, sha256 } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { type Cifar10Description, readCifar10Source } from '#data/images/formats/cifar10';
import { gunzipped, type IdxDescription, readIdxSource } from '#data/images/formats/idx';
import { located } from '#data/images/formats/idx-files';
import { classNotes } from './class-notes.js';
import { type Dataset, type DatasetName, datasets, type Edition } from './datasets.js';
import type { ImageSet } from './image-source.js';

/** What a recipe's `source` says; `folder` of a known data set defaults to the cache. */
export type SourceReference =
  | { readonly dataset: DatasetName; readonly folder?: string | undefined }
  | ({ readonly format: 'idx'; readonly folder: string } & Omit<IdxDescription, 'name' | 'provenance'>)
  | ({ readonly format: 'cifar10'; readonly folder: string } & Pick<Cifar10Description, 'classNames'>);

/** The folder that `dataset fetch` fills. */
export function datasetFolder(name: string): string {
  return join(cacheFolder(), 'datasets', name);
}

/**
 * @param base     the folder that relative folders start from: the recipe's own
 * @param classes  of the network that is to see them: of images whose classes nobody named there are so many at least
 */
export function openSource(reference: SourceReference, base: string, classes?: number): ImageSet {
  const given = reference.folder === undefined ? undefined : resolve(base, reference.folder);
  if ('dataset' in reference) {
    return openDataset(datasets[reference.dataset], given ?? datasetFolder(reference.dataset));
  }
  const source = openFolder(reference, given as string, classes);
  const mayShift = reference.format === 'idx' && reference.firstLabel === undefined;
  return { ...source, notes: [...(source.notes ?? []), ...classNotes(source, mayShift)] };
}

function openFolder(
  reference: Exclude<SourceReference, { readonly dataset: DatasetName }>,
  folder: string,
  leastClasses: number | undefined,
): ImageSet {
  const { format } = reference;
  const named = { name: basename(folder), provenance: `the user's files in format ${format}` };
  switch (format) {
    case 'idx': {
      const { classNames, firstLabel, transposed } = reference;
      return readIdxSource(folder, { ...named, classNames, firstLabel, transposed });
    }
    case 'cifar10':
      return readCifar10Source(folder, { ...named, classNames: reference.classNames, leastClasses });
    default:
      return assertNever(format);
  }
}

/** Opens a known data set whose files' SHA-256 are those of one of its editions. */
export function openDataset(dataset: Dataset, folder: string): ImageSet {
  const { name, classNames } = dataset;
  const { provenance } = verifiedEdition(dataset, folder);
  const description = { name, provenance, classNames };
  return dataset.format === 'idx' ? readIdxSource(folder, description) : readCifar10Source(folder, description);
}

/** Which edition lies in a folder; a missing or other file is a data failure. */
export function verifiedEdition(dataset: Dataset, folder: string): Edition {
  const names = Object.keys(dataset.official.sha256);
  const files = names.map((name) => located(folder, name));
  const missing = files.find((file) => !existsSync(file));
  const remedy = `fetch it with \`mnv4-nas dataset fetch ${dataset.name}\``;
  if (missing !== undefined) throw dataFailure(missing, `expected a file of ${dataset.name}; got no such file`, remedy);
  const sums = files.map((file) => sha256(gunzipped(file, readBytes(file))));
  const match = editions(dataset).find((edition) => names.every((name, i) => edition.sha256[name] === sums[i]));
  if (match !== undefined) return match;
  const wrong = Math.max(
    0,
    names.findIndex((name, i) => dataset.official.sha256[name] !== sums[i]),
  );
  const expected = dataset.official.sha256[names[wrong] as string];
  const message = `expected content with SHA-256 ${expected} as ${dataset.name} has; got ${sums[wrong]}`;
  throw dataFailure(files[wrong] as string, message, `remove the file, then ${remedy}`);
}

/** The official edition, then those of substitutes. */
export function editions({ official, origins }: Dataset): Edition[] {
  return [official, ...origins.flatMap((origin) => (origin.kind === 'npm' ? [origin.edition] : []))];
}
