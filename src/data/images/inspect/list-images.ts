/** Lists the images of a source for an inspection, the broken ones among them. */
import { resolve } from 'node:path';
import { datasets } from '#data/images/datasets';
import { detectedFormat } from '#data/images/detect-format';
import type { EncodedImages } from '#data/images/encoded-images';
import { type ImageSource, labelsOf } from '#data/images/image-source';
import { isEncoded, listedImages } from '#data/images/open-encoded';
import { datasetFolder, openSource } from '#data/images/open-source';
import type { SourceFormat } from '#data/images/source-format';
import { type SourceReference, sourceOfKind, withFormat } from '#data/images/source-schema';
import { encodedReader, type ReadAt, rawReader } from './read-images.js';

/** The images of a part as they lie in the files. */
export interface ListedPart {
  readonly name: 'train' | 'test';
  readonly labels: Int32Array;
  readonly place: (i: number) => string;
  readonly read: ReadAt;
}

export interface ListedImages {
  readonly folder: string;
  readonly format: SourceFormat;
  readonly classNames: readonly string[];
  readonly channels: number;
  readonly notes: readonly string[];
  readonly train: ListedPart;
  readonly test: ListedPart;
}

/** @param base  the folder that a relative folder starts from */
export async function listImages(reference: SourceReference, base: string): Promise<ListedImages> {
  const source = sourceOfKind(reference);
  if (source.kind === 'known') {
    const { dataset } = source;
    const folder = source.folder === undefined ? datasetFolder(dataset) : resolve(base, source.folder);
    return listRaw(reference, base, folder, datasets[dataset].format);
  }
  const folder = resolve(base, source.folder);
  const files = withFormat(source, source.format ?? detectedFormat(folder));
  if (!isEncoded(files)) return listRaw({ ...files, folder }, base, folder, files.format);
  const { classNames, notes, train, test } = await listedImages(files, folder);
  const parts = { train: encodedPart('train', train), test: encodedPart('test', test) };
  return { folder, format: files.format, classNames, channels: 3, notes, ...parts };
}

function encodedPart(name: 'train' | 'test', images: EncodedImages): ListedPart {
  const labels = Int32Array.from({ length: images.n }, (_, i) => images.label(i));
  return { name, labels, place: (i) => images.place(i), read: encodedReader(images) };
}

async function listRaw(
  reference: SourceReference,
  base: string,
  folder: string,
  format: SourceFormat,
): Promise<ListedImages> {
  const { classNames, notes = [], train, test } = await openSource(reference, base);
  const parts = { train: rawPart('train', train), test: rawPart('test', test) };
  return { folder, format, classNames, channels: train.channels, notes, ...parts };
}

function rawPart(name: 'train' | 'test', source: ImageSource): ListedPart {
  return { name, labels: labelsOf(source), place: (i) => `${name} image ${i}`, read: rawReader(source) };
}
