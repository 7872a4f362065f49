/** Opens the user's encoded images: lists them, keeps a share for the test if need be, and leaves out broken ones. */
import { dirname } from 'node:path';
import { assertNever } from '#core/assert-never';
import { statsOf } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { classNameProblems } from './class-names.js';
import type { EncodedImages } from './encoded-images.js';
import type { EncodedSet } from './encoded-set.js';
import { encodedSubset } from './encoded-subset.js';
import { tableAt } from './folders/find-table.js';
import { readImageFolder } from './folders/image-folder.js';
import { readImageTable } from './folders/image-table.js';
import { splitNote, testSplit } from './folders/test-share.js';
import { openParquet } from './formats/parquet/open-parquet.js';
import { openTfRecord } from './formats/tfrecord/open-tfrecord.js';
import { openWebDataset } from './formats/webdataset/open-webdataset.js';
import { numbered } from './image-source.js';
import { soundImages } from './sound-images.js';
import type { FilesOfFormat } from './source-schema.js';

/** A source whose images are encoded. */
export type EncodedFiles = Extract<FilesOfFormat, { readonly testShare?: number | undefined }>;

export function isEncoded(source: FilesOfFormat): source is EncodedFiles {
  return !['idx', 'cifar10', 'cifar100'].includes(source.format);
}

/** Both parts of a source, and the names of all classes. */
export interface OpenedImages {
  readonly classNames: readonly string[];
  readonly train: EncodedImages;
  readonly test: EncodedImages;
  readonly notes: readonly string[];
}

/**
 * Opens the images of a source; missing and damaged files are data failures.
 *
 * @param folder   the path of the folder or file
 * @param classes  number of classes of the network for the images: the least if the files have no class names
 */
export async function openEncoded(source: EncodedFiles, folder: string, classes = 1): Promise<OpenedImages> {
  const listed = await listedImages(source, folder, classes);
  const { skipBroken = 0 } = source;
  if (skipBroken === 0) return listed;
  const { parts, broken } = await soundImages([listed.train, listed.test], skipBroken);
  const [train, test] = parts as [EncodedImages, EncodedImages];
  const [first] = broken;
  const note =
    first && `${folder}: ${broken.length} broken images are left out, such as ${first.place}: ${first.problem}`;
  return { ...listed, train, test, notes: [...listed.notes, ...(note === undefined ? [] : [note])] };
}

/** Opens the images of a source with the broken ones among them. */
export async function listedImages(source: EncodedFiles, folder: string, classes = 1): Promise<OpenedImages> {
  const set = await openFormat(source, folder);
  const { classNames = numbered(Math.max(classes, classesIn(set))) } = set;
  requireNames(classNames, folder);
  if (set.test !== undefined) return { ...set, classNames, test: set.test };
  const { testShare = 0.2, seed = 0 } = source;
  const { train, test } = divided(set.train, folder, { testShare, seed });
  const note = `${folder}: ${splitNote(test.n, { testShare, seed })}`;
  return { classNames, train, test, notes: [...set.notes, note] };
}

async function openFormat(source: EncodedFiles, folder: string): Promise<EncodedSet> {
  const { classNames } = source;
  switch (source.format) {
    case 'folder':
      return readImageFolder(folder, { classNames, followLinks: source.followLinks ?? false });
    case 'csv':
      return readImageTable(tableAt(folder), { classNames, followLinks: source.followLinks ?? false });
    case 'webdataset':
      return openWebDataset({ ...source, folder });
    case 'tfrecord':
      return openTfRecord({ ...source, folder });
    case 'parquet':
      return openParquet({ ...source, folder });
    default:
      return assertNever(source);
  }
}

function classesIn({ train, test }: EncodedSet): number {
  let most = 0;
  for (const part of [train, test]) {
    for (let i = 0; i < (part?.n ?? 0); i++) most = Math.max(most, (part?.label(i) ?? 0) + 1);
  }
  return most;
}

/** Refuses names of folders or labels that cannot be written to a file with one name per line. */
function requireNames(classNames: readonly string[], folder: string): void {
  const [problem] = classNameProblems(classNames);
  if (problem === undefined) return;
  const { at, expected } = problem;
  throw dataFailure(
    folder,
    `the folder or label ${JSON.stringify(classNames[at])} names no class: expected ${expected}`,
  );
}

/** Keeps a share of each class for the test, chosen by the images' places below the folder. */
function divided(images: EncodedImages, folder: string, rule: { testShare: number; seed: number }) {
  const root = statsOf(folder)?.isDirectory() ? folder : dirname(folder);
  const nameOf = (i: number) => {
    const place = images.place(i);
    return place.startsWith(root) ? place.slice(root.length) : place;
  };
  const labels = Int32Array.from({ length: images.n }, (_, i) => images.label(i));
  const { train, test } = testSplit(labels, nameOf, rule);
  if (test.length === 0) throw dataFailure(folder, 'expected at least 2 images of a class; got 1 of each');
  return { train: encodedSubset(images, train), test: encodedSubset(images, test) };
}
