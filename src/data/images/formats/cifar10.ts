/** Reads CIFAR-10's binary format: records of one label byte and 32x32 pixels in three planes, red, green, blue. */
import { readBytes } from '#core/files/files';
import { dataFailure } from '#data/data-failure';
import { highest, type ImageSet, type ImageShape, numbered } from '#data/images/image-source';
import { type InMemorySource, inMemorySource, type RawImages } from '#data/images/in-memory';
import { gunzipped } from './idx.js';
import { located } from './idx-files.js';

const trainFiles = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
const testFiles = ['test_batch.bin'];
const shape: ImageShape = [32, 32, 3];
const pixels = 32 * 32;
const recordBytes = 1 + 3 * pixels;

export interface Cifar10Description {
  readonly name: string;
  readonly provenance: string;
  /** Names of the classes; by default the labels found, `0`, `1`, ... */
  readonly classNames?: readonly string[] | undefined;
  /** Smallest number of classes if they have no names. */
  readonly leastClasses?: number | undefined;
}

const mostClasses = 256; // labels are bytes

/** Reads the six batch files of a folder. */
export function readCifar10Source(folder: string, description: Cifar10Description): ImageSet<InMemorySource> {
  const { name, provenance, classNames, leastClasses = 1 } = description;
  const most = classNames?.length ?? mostClasses;
  const part = (files: readonly string[]) => joined(files.map((file) => readBatch(located(folder, file), most)));
  const [train, test] = [part(trainFiles), part(testFiles)];
  const names = classNames ?? numbered(Math.max(highest(train.labels, test.labels) + 1, leastClasses));
  return {
    name,
    classNames: names,
    provenance,
    train: inMemorySource(shape, train),
    test: inMemorySource(shape, test),
  };
}

function readBatch(file: string, classes: number): RawImages {
  const bytes = readBytes(file, 'place the six .bin files of CIFAR-10 in that folder, plain or gzip');
  return parseCifar10(gunzipped(file, bytes), classes, file);
}

/** Reads the images of one batch file, channels last. */
export function parseCifar10(bytes: Uint8Array, classes: number, file: string): RawImages {
  const n = Math.floor(bytes.length / recordBytes);
  const rest = bytes.length - n * recordBytes;
  if (n === 0 || rest > 0) {
    const got = `the end of the file after ${rest} of them`;
    throw dataFailure(file, `byte ${n * recordBytes}: expected a record of ${recordBytes} bytes; got ${got}`);
  }
  const images = new Uint8Array(n * 3 * pixels);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const record = i * recordBytes;
    const label = bytes[record] as number;
    if (label >= classes) throw dataFailure(file, `byte ${record}: expected a label below ${classes}; got ${label}`);
    labels[i] = label;
    for (let c = 0; c < 3; c++) {
      const plane = record + 1 + c * pixels;
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
