/**
 * IDX files (LeCun, Cortes, Burges, "The MNIST database"): two zero bytes, a type, the number of dimensions, each
 * dimension as a big-endian 32-bit integer, then the values. Plain or gzip.
 */
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readBytes } from '#core/files/files';
import { shownError } from '#core/shown';
import { dataFailure } from '#data/data-failure';
import { highest, type ImageSet, type ImageShape, numbered } from '#data/images/image-source';
import { type InMemorySource, inMemorySource } from '#data/images/in-memory';
import { idxPaths } from './idx-files.js';

export interface Idx {
  readonly dims: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/** Names of the four files of a set, as in MNIST; each may end in `.gz`. */
export const idxFiles = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/** Reads a file of unsigned bytes with `rank` dimensions; anything else is a data failure at its byte. */
export function readIdx(file: string, rank: number): Idx {
  return parseIdx(gunzipped(file, readBytes(file, placeFiles)), rank, file);
}

const placeFiles =
  'place the four IDX files in that folder, plain or gzip: train-images-idx3-ubyte, train-labels-idx1-ubyte, ' +
  't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with - or . before idx, or all with one prefix';

const mostUnpacked = 2 ** 30; // bytes: 20 times the largest known file, far below what a crafted one may claim

/** Unpacks a gzip file; bytes that are not gzip are returned unchanged. */
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
  return { dims, values: new Uint8Array(bytes.buffer, bytes.byteOffset + header, size) }; // not a Buffer
}

function hex(n: number): string {
  return `0x${n.toString(16).padStart(8, '0')}`;
}

/** Encodes an IDX file: the inverse of `parseIdx`. */
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

/** Facts about four IDX files that they do not contain. `classNames` defaults to the labels found, `0`, `1`, ... */
export interface IdxDescription {
  readonly name: string;
  readonly provenance: string;
  readonly classNames?: readonly string[] | undefined;
  /** Label of the first class; by default 0. */
  readonly firstLabel?: number | undefined;
  /** True if rows and columns of the images are exchanged, as in EMNIST. */
  readonly transposed?: boolean | undefined;
}

/** Reads the four IDX files of a folder; grey images get one channel. */
export function readIdxSource(folder: string, description: IdxDescription): ImageSet<InMemorySource> {
  const { name, provenance, classNames, transposed } = description;
  const { prefix, ...files } = idxPaths(folder);
  const train = readPart(files.trainImages, files.trainLabels, description);
  const test = readPart(files.testImages, files.testLabels, description);
  const [expected, got] = [train, test].map(({ shape: [height, width] }) => `${height}x${width}`);
  if (got !== expected) {
    throw dataFailure(files.testImages, `byte 8: expected images of ${expected} as in train; got ${got}`);
  }
  const names = classNames ?? numbered(highest(train.labels, test.labels) + 1);
  checkLabels(train.labels, names.length, files.trainLabels, description);
  checkLabels(test.labels, names.length, files.testLabels, description);
  const isEmnist = /emnist/i.test(`${prefix} ${basename(folder)}`);
  return {
    name,
    classNames: names,
    provenance,
    train,
    test,
    notes: isEmnist && transposed === undefined ? [emnistNote] : [],
  };
}

const emnistNote = 'the images of EMNIST lie on their side; set transposed: true to turn them, or false to leave them';

function readPart(
  imageFile: string,
  labelFile: string,
  { firstLabel = 0, transposed }: IdxDescription,
): InMemorySource {
  const { dims, values } = readIdx(imageFile, 3);
  const labels = readIdx(labelFile, 1);
  const [n, height, width] = dims as [number, number, number];
  if (labels.dims[0] !== n) {
    throw dataFailure(labelFile, `byte 4: expected ${n} labels, one per image; got ${labels.dims[0]}`);
  }
  const below = labels.values.findIndex((label) => label < firstLabel);
  if (below >= 0) {
    const message = `byte ${8 + below}: expected a label of ${firstLabel} or more, as firstLabel says; got ${labels.values[below]}`;
    throw dataFailure(labelFile, message);
  }
  const classes = labels.values.map((label) => label - firstLabel);
  const shape: ImageShape = transposed ? [width, height, 1] : [height, width, 1];
  return inMemorySource(shape, { images: transposed ? turned(values, height, width) : values, labels: classes });
}

/** Images [n, height, width] with rows and columns exchanged. */
function turned(images: Uint8Array, height: number, width: number): Uint8Array {
  const out = new Uint8Array(images.length);
  const size = height * width;
  for (let i = 0; i < images.length; i++) {
    const [image, y, x] = [i - (i % size), Math.floor((i % size) / width), i % width];
    out[image + x * height + y] = images[i] as number;
  }
  return out;
}

function checkLabels(
  labels: Uint8Array | Int32Array,
  classes: number,
  file: string,
  { firstLabel }: IdxDescription,
): void {
  const at = labels.findIndex((label: number) => label >= classes);
  if (at < 0) return;
  const first = firstLabel ?? 0;
  const message = `byte ${8 + at}: expected a label below ${classes + first}; got ${(labels[at] as number) + first}`;
  const least = Math.min(...new Set(labels));
  const remedy =
    firstLabel === undefined && least > 0 ? `set firstLabel: ${least} if the first class has that label` : undefined;
  throw dataFailure(file, message, remedy);
}
