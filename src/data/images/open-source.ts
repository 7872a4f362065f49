/** Opens the images that a recipe or a command names: one of the known data sets, or a folder in a known format. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { assertNever } from '#core/assert-never';
import { cacheFolder } from '#core/files/cache';
import { readBytes, sha256 } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { readCifar10Source } from '#data/images/formats/cifar10';
import { gunzipped, readIdxSource } from '#data/images/formats/idx';
import { located } from '#data/images/formats/idx-files';
import { classNotes } from './class-notes.js';
import { type Dataset, datasets, type Edition } from './datasets.js';
import type { ImageSet } from './image-source.js';
import { type SourceReference, sourceOfKind } from './source-schema.js';

/** The folder that `dataset fetch` fills. */
export function datasetFolder(name: string): string {
  return join(cacheFolder(), 'datasets', name);
}

/**
 * Opens the images that a source names; missing and damaged files are data failures.
 *
 * @param base     the folder that relative folders start from: the recipe's
 * @param classes  number of classes of the network for the images; a minimum for CIFAR-10 files without class names
 */
export function openSource(reference: SourceReference, base: string, classes?: number): ImageSet {
  const source = sourceOfKind(reference);
  switch (source.kind) {
    case 'known': {
      const { dataset, folder } = source;
      return openDataset(datasets[dataset], folder === undefined ? datasetFolder(dataset) : resolve(base, folder));
    }
    case 'idx': {
      const { folder, classNames, firstLabel, transposed } = source;
      const description = { ...usersFiles(base, source), classNames, firstLabel, transposed };
      return withClassNotes(readIdxSource(resolve(base, folder), description), firstLabel === undefined);
    }
    case 'cifar10': {
      const { folder, classNames } = source;
      const description = { ...usersFiles(base, source), classNames, leastClasses: classes };
      return withClassNotes(readCifar10Source(resolve(base, folder), description), false);
    }
    default:
      return assertNever(source);
  }
}

function usersFiles(base: string, { folder, format }: { readonly folder: string; readonly format: string }) {
  return { name: basename(resolve(base, folder)), provenance: `the user's files in format ${format}` };
}

function withClassNotes(images: ImageSet, mayShift: boolean): ImageSet {
  return { ...images, notes: [...(images.notes ?? []), ...classNotes(images, mayShift)] };
}

/** Opens a known data set after checking that the SHA-256 of its files are those of one edition. */
export function openDataset(dataset: Dataset, folder: string): ImageSet {
  const { name, classNames } = dataset;
  const { provenance } = verifiedEdition(dataset, folder);
  const description = { name, provenance, classNames };
  return dataset.format === 'idx' ? readIdxSource(folder, description) : readCifar10Source(folder, description);
}

/** The edition of the files in a folder; a missing file or one with other content is a data failure. */
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
  const message = `expected content with SHA-256 ${expected}, as in ${dataset.name}; got ${sums[wrong]}`;
  throw dataFailure(files[wrong] as string, message, `remove the file, then ${remedy}`);
}

/** The official edition, then substitutes. */
export function editions({ official, origins }: Dataset): Edition[] {
  return [official, ...origins.flatMap((origin) => (origin.kind === 'npm' ? [origin.edition] : []))];
}
