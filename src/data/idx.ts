/**
 * IDX files (LeCun, Cortes, Burges, "The MNIST database"): two zero bytes, a type, the number of dimensions, each
 * dimension as a big-endian 32-bit integer, then the values. Plain or gzip.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readBytes } from '../core/files.js';
import { shownError } from '../core/shown.js';
import { dataFailure } from './data-failure.js';
import type { ImageSource, LabelledImages } from './image-source.js';

export interface Idx {
  readonly dims: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/** The four files that make a data set of this kind, as MNIST names them; each may end in `.gz`. */
export const idxFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/** Reads one file of unsigned bytes with this many dimensions; anything else is a data failure at its byte. */
export function readIdx(file: string, rank: number): Idx {
  return parseIdx(
    gunzipped(file, readBytes(file, 'place the four IDX files in that folder, plain or gzip')),
    rank,
    file,
  );
}

const mostUnpacked = 2 ** 30; // bytes: over 20 times the largest of these files, far below what a crafted one may claim

/** The content of a gzip file, or the bytes themselves where they are not gzip. */
export function gunzipped(file: string, bytes: Uint8Array, most = mostUnpacked): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    throw dataFailure(file, `expected a whole gzip file; got ${shownError(error)}`);
  }
}

export function parseIdx(bytes: Uint8Array, rank: number, file: string): Idx {
  const fail = (at: number, expected: string, got: string) =>
    dataFailure(file, `byte ${at}: expected ${expected}; got ${got}`);
  const header = 4 + 4 * rank;
  if (bytes.length < header) throw fail(bytes.length, `a header of ${header} bytes`, 'the end of the file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const expectedMagic = (unsignedByte << 8) | rank;
  if (magic !== expectedMagic) throw fail(0, `the magic number ${hex(expectedMagic)}`, hex(magic));
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const empty = dims.indexOf(0);
  if (empty >= 0) throw fail(4 + 4 * empty, 'a dimension of at least 1', '0');
  const size = dims.reduce((product, dim) => product * dim, 1);
  const got = bytes.length - header;
  if (got < size) throw fail(bytes.length, `${size} values for ${dims.join('x')}`, `the end of the file after ${got}`);
  if (got > size)
    throw fail(
      header + size,
      `the end of the file after ${size} values for ${dims.join('x')}`,
      `${got - size} more bytes`,
    );
  return { dims, values: new Uint8Array(bytes.buffer, bytes.byteOffset + header, size) }; // no Buffer: its slice shares
}

function hex(n: number): string {
  return `0x${n.toString(16).padStart(8, '0')}`;
}

/** An IDX file's bytes: the inverse of `parseIdx`. */
export function formatIdx({ dims, values }: Idx): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dims.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (unsignedByte << 8) | dims.length);
  dims.forEach((dim, i) => {
    view.setUint32(4 + 4 * i, dim);
  });
  bytes.set(values, 4 + 4 * dims.length);
  return bytes;
}

/** What a folder of four IDX files cannot say itself. `classNames` defaults to the labels found, `0`, `1`, ... */
export interface IdxDescription {
  readonly name: string;
  readonly provenance: string;
  readonly classNames?: readonly string[] | undefined;
}

/** Reads the four IDX files of a folder; grey images get one channel. */
export function readIdxSource(folder: string, { name, provenance, classNames }: IdxDescription): ImageSource {
  const train = readPart(folder, idxFiles.trainImages, idxFiles.trainLabels);
  const test = readPart(folder, idxFiles.testImages, idxFiles.testLabels);
  const [height, width] = train.size;
  if (test.size.join() !== train.size.join()) {
    throw dataFailure(
      test.imageFile,
      `byte 8: expected images of ${train.size.join('x')} as in train; got ${test.size.join('x')}`,
    );
  }
  const labels = Math.max(highest(train.part.labels), highest(test.part.labels)) + 1;
  const names = classNames ?? Array.from({ length: labels }, (_, label) => String(label));
  for (const { part, labelFile } of [train, test]) checkLabels(part.labels, names.length, labelFile);
  return {
    name,
    classes: names.length,
    classNames: names,
    shape: [height, width, 1],
    provenance,
    train: train.part,
    test: test.part,
  };
}

interface Part {
  readonly part: LabelledImages;
  readonly size: readonly [number, number];
  readonly imageFile: string;
  readonly labelFile: string;
}

function readPart(folder: string, imageName: string, labelName: string): Part {
  const [imageFile, labelFile] = [located(folder, imageName), located(folder, labelName)];
  const images = readIdx(imageFile, 3);
  const labels = readIdx(labelFile, 1);
  const [n, height, width] = images.dims as [number, number, number];
  if (labels.dims[0] !== n) {
    throw dataFailure(labelFile, `byte 4: expected ${n} labels as there are images; got ${labels.dims[0]}`);
  }
  return { part: { n, images: images.values, labels: labels.values }, size: [height, width], imageFile, labelFile };
}

/** The plain file where there is one, else the gzip file. */
export function located(folder: string, name: string): string {
  const plain = join(folder, name);
  return !existsSync(plain) && existsSync(`${plain}.gz`) ? `${plain}.gz` : plain;
}

function highest(values: Iterable<number>): number {
  let max = -1;
  for (const value of values) if (value > max) max = value;
  return max;
}

function checkLabels(labels: Uint8Array | Int32Array, classes: number, file: string): void {
  const at = labels.findIndex((label: number) => label >= classes);
  if (at >= 0) throw dataFailure(file, `byte ${8 + at}: expected a label below ${classes}; got ${labels[at]}`);
}
