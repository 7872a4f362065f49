/**
 * Reads the binary formats of CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning multiple layers of features from tiny
 * images", 2009): records of one or two label bytes and 32x32 pixels in three planes, red, green, blue.
 */
import { join } from 'node:path';
import { readBytes, readUtf8, statsOf } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { highest, type ImageSet, type ImageShape, numbered } from '#data/images/image-source';
import { type InMemorySource, inMemorySource, type RawImages } from '#data/images/in-memory';
import { gunzipped } from './idx.js';
import { located } from './idx-files.js';

const shape: ImageShape = [32, 32, 3];
const pixels = 32 * 32;
const mostClasses = 256; // labels are bytes

/** The files of a binary format, and the bytes in front of each record's pixels. */
export interface CifarFormat {
  readonly trainFiles: readonly string[];
  readonly testFiles: readonly string[];
  readonly labelBytes: number;
  /** The byte of a record that holds its label. */
  readonly labelAt: number;
  /** A file with the names of the classes, one per line, used if it is there. */
  readonly namesFile?: string;
  readonly remedy: string;
}

export const cifar10Format: CifarFormat = {
  trainFiles: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  testFiles: ['test_batch.bin'],
  labelBytes: 1,
  labelAt: 0,
  remedy: 'place the six .bin files of CIFAR-10 in that folder, plain or gzip',
};

/** CIFAR-100 with its 100 fine or its 20 coarse classes. */
export function cifar100Format(labels: 'fine' | 'coarse'): CifarFormat {
  return {
    trainFiles: ['train.bin'],
    testFiles: ['test.bin'],
    labelBytes: 2,
    labelAt: labels === 'coarse' ? 0 : 1,
    namesFile: `${labels}_label_names.txt`,
    remedy: 'place train.bin and test.bin of CIFAR-100 in that folder, plain or gzip',
  };
}

export interface CifarDescription {
  readonly name: string;
  readonly provenance: string;
  /** Names of the classes; by default those in the format's file of names, else the labels found, `0`, `1`, ... */
  readonly classNames?: readonly string[] | undefined;
  /** Smallest number of classes if they have no names. */
  readonly leastClasses?: number | undefined;
}

/** Reads the files of a folder. */
export function readCifarSource(
  folder: string,
  format: CifarFormat,
  description: CifarDescription,
): ImageSet<InMemorySource> {
  const { name, provenance, classNames = namesIn(folder, format), leastClasses = 1 } = description;
  const most = classNames?.length ?? mostClasses;
  const part = (files: readonly string[]) =>
    joined(files.map((file) => readBatch(located(folder, file), format, most)));
  const [train, test] = [part(format.trainFiles), part(format.testFiles)];
  const names = classNames ?? numbered(Math.max(highest(train.labels, test.labels) + 1, leastClasses));
  return {
    name,
    classNames: names,
    provenance,
    train: inMemorySource(shape, train),
    test: inMemorySource(shape, test),
  };
}

/** The class names next to the files; undefined if there is no file of them. */
function namesIn(folder: string, { namesFile }: CifarFormat): string[] | undefined {
  const file = namesFile === undefined ? undefined : join(folder, namesFile);
  if (file === undefined || statsOf(file) === undefined) return undefined;
  const names = readUtf8(file)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length === 0) throw dataFailure(file, 'expected one class name per line; got none');
  return names;
}

function readBatch(file: string, format: CifarFormat, classes: number): RawImages {
  return parseCifar(gunzipped(file, readBytes(file, format.remedy)), format, classes, file);
}

/** Reads the images of one batch file, channels last. */
export function parseCifar(
  bytes: Uint8Array,
  { labelBytes, labelAt }: Pick<CifarFormat, 'labelBytes' | 'labelAt'>,
  classes: number,
  file: string,
): RawImages {
  const recordBytes = labelBytes + 3 * pixels;
  const n = Math.floor(bytes.length / recordBytes);
  const rest = bytes.length - n * recordBytes;
  if (n === 0 || rest > 0) {
    const got = `the end of the file after ${rest} of them`;
    throw dataFailure(file, `byte ${n * recordBytes}: expected a record of ${recordBytes} bytes; got ${got}`);
  }
  const images = new Uint8Array(n * 3 * pixels);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const at = i * recordBytes + labelAt;
    const label = bytes[at] as number;
    if (label >= classes) throw dataFailure(file, `byte ${at}: expected a label below ${classes}; got ${label}`);
    labels[i] = label;
    for (let c = 0; c < 3; c++) {
      const plane = i * recordBytes + labelBytes + c * pixels;
      for (let p = 0; p < pixels; p++) images[(i * pixels + p) * 3 + c] = bytes[plane + p] as number;
    }
  }
  return { images, labels };
}

function joined(parts: readonly RawImages[]): RawImages {
  return {
    images: concatenated(parts.map(({ images }) => images)),
    labels: concatenated(parts.map(({ labels }) => labels)),
  };
}

function concatenated(parts: readonly ArrayLike<number>[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
