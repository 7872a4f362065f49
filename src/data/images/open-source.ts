/** Opens the images that a recipe or a command names: one of the known data sets, or a folder in a known format. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { assertNever } from '#core/assert-never';
import { cacheFolder } from '#core/files/cache';
import { readBytes, sha256 } from '#core/files/files';
import { percent } from '#core/percent';
import { dataFailure } from '#data/data-failure';
import { cifar10Format, cifar100Format, readCifarSource } from '#data/images/formats/cifar';
import { gunzipped, readIdxSource } from '#data/images/formats/idx';
import { located } from '#data/images/formats/idx-files';
import { classNotes } from './class-notes.js';
import { type Dataset, datasets, type Edition } from './datasets.js';
import { detectedFormat } from './detect-format.js';
import { encodedSource } from './encoded-source.js';
import type { Fit, ImageSet } from './image-source.js';
import { openEncoded } from './open-encoded.js';
import { type SourceReference, sourceOfKind, withFormat } from './source-schema.js';

/** The folder that `dataset fetch` fills. */
export function datasetFolder(name: string): string {
  return join(cacheFolder(), 'datasets', name);
}

/**
 * Opens the images that a source names; missing and damaged files are data failures.
 *
 * @param base     the folder that relative folders start from: the recipe's
 * @param classes  number of classes of the network for the images; a minimum for files without class names
 */
export async function openSource(reference: SourceReference, base: string, classes?: number): Promise<ImageSet> {
  const source = sourceOfKind(reference);
  const opened = { ...(await openImages(source, base, classes)), ...fitOf(source) };
  const note = source.centralCrop === undefined ? await cropNote(opened) : undefined;
  return note === undefined ? opened : { ...opened, notes: [...(opened.notes ?? []), note] };
}

/** Returns a note if images that have the resolution anyway, to judge by the first one, are cropped by default. */
async function cropNote({ name, train, fit }: ImageSet): Promise<string | undefined> {
  if (fit === undefined) return undefined;
  const { height, width } = await train.load(0);
  if (height !== fit.height || width !== fit.width) return undefined;
  return `${name}: images of ${width}x${height} have the resolution already, but their central ${percent(fit.centralCrop)} are seen, enlarged; centralCrop: 1 shows them whole`;
}

async function openImages(source: ReturnType<typeof sourceOfKind>, base: string, classes?: number): Promise<ImageSet> {
  if (source.kind === 'known') {
    const { dataset, folder } = source;
    return openDataset(datasets[dataset], folder === undefined ? datasetFolder(dataset) : resolve(base, folder));
  }
  const folder = resolve(base, source.folder);
  const files = withFormat(source, source.format ?? detectedFormat(folder));
  const { format, classNames } = files;
  const named = { name: basename(folder), provenance: `the user's files in format ${format}`, classNames };
  switch (format) {
    case 'idx':
      return withClassNotes(readIdxSource(folder, { ...named, ...files }), files.firstLabel === undefined);
    case 'cifar10':
      return withClassNotes(readCifarSource(folder, cifar10Format, { ...named, leastClasses: classes }), false);
    case 'cifar100': {
      const layout = cifar100Format(files.labels ?? 'fine');
      return withClassNotes(readCifarSource(folder, layout, { ...named, leastClasses: classes }), false);
    }
    default: {
      const { train, test, ...opened } = await openEncoded(files, folder, classes);
      return withClassNotes({ ...named, ...opened, train: encodedSource(train), test: encodedSource(test) }, false);
    }
  }
}

/** The size that images are brought to; empty without a resolution. */
export function fitOf({ resolution, centralCrop = 0.875 }: ReturnType<typeof sourceOfKind>): { readonly fit?: Fit } {
  if (resolution === undefined) return {};
  const { height, width } = typeof resolution === 'number' ? { height: resolution, width: resolution } : resolution;
  return { fit: { height, width, centralCrop } };
}

function withClassNotes(images: ImageSet, mayShift: boolean): ImageSet {
  return { ...images, notes: [...(images.notes ?? []), ...classNotes(images, mayShift)] };
}

/** Opens a known data set after checking that the SHA-256 of its files are those of one edition. */
export function openDataset(dataset: Dataset, folder: string): ImageSet {
  const { name, classNames } = dataset;
  const { provenance } = verifiedEdition(dataset, folder);
  const description = { name, provenance, classNames };
  switch (dataset.format) {
    case 'idx':
      return readIdxSource(folder, description);
    case 'cifar10':
      return readCifarSource(folder, cifar10Format, description);
    case 'cifar100':
      return readCifarSource(folder, cifar100Format('fine'), description);
    default:
      return assertNever(dataset.format);
  }
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
