/** Small sources and folders for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { permutation, randomStream } from '#core/random';
import { formatIdx, idxFiles } from '#data/images/formats/idx';
import type { ImageSet, ImageShape, ImageSource } from '#data/images/image-source';
import { type InMemorySource, inMemorySource } from '#data/images/in-memory';

/** A new folder that is removed when the test file is done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mnv4-nas-test-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Removes the folders that were made since the last call. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The `Failure` that a function throws. */
export function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('expected a Failure; nothing was thrown');
}

export async function failureOfAsync(act: () => Promise<unknown>): Promise<Failure> {
  const outcome = await act().then(
    () => undefined,
    (error: unknown) => error,
  );
  return failureOf(() => {
    if (outcome !== undefined) throw outcome;
  });
}

/** All values of an asynchronous sequence. */
export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

/** `perClass` images of each class in random order; every image differs, its first pixel is its label. */
export function tinyImages(shape: ImageShape, classes: number, perClass: number, name: string): InMemorySource {
  const size = shape[0] * shape[1] * shape[2];
  const random = randomStream(`test/${name}`);
  const n = classes * perClass;
  const labels = Uint8Array.from(permutation(n, random), (i) => i % classes);
  const images = Uint8Array.from({ length: n * size }, () => random.below(256));
  for (let i = 0; i < n; i++) images[i * size] = labels[i] as number;
  return inMemorySource(shape, { images, labels });
}

export function tinySource(
  shape: ImageShape = [6, 5, 1],
  classes = 4,
  trainPerClass = 30,
  testPerClass = 5,
): ImageSet<InMemorySource> {
  return {
    name: 'tiny',
    classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    provenance: 'made up for a test',
    train: tinyImages(shape, classes, trainPerClass, 'train'),
    test: tinyImages(shape, classes, testPerClass, 'test'),
  };
}

/** Classes 0 and 1 whose images are all 0 and all 200: a blend's pixels reveal the share of each. */
export function darkAndBright(perClass = 20): ImageSet<InMemorySource> {
  const part = (n: number) =>
    inMemorySource([2, 2, 1], {
      labels: Uint8Array.from({ length: n }, (_, i) => i % 2),
      images: Uint8Array.from({ length: 4 * n }, (_, i) => 200 * (Math.floor(i / 4) % 2)),
    });
  const names = { name: 'levels', classNames: ['dark', 'bright'], provenance: 'made up for a test' };
  return { ...names, train: part(2 * perClass), test: part(4) };
}

/** A source whose images load on a later turn of the event loop, in another order than requested. */
export function lazily(source: ImageSource): ImageSource {
  const random = randomStream('test/lazily');
  return {
    ...source,
    inMemory: false,
    load: async (i) => {
      for (let turns = random.below(4); turns >= 0; turns--) await new Promise(setImmediate);
      return source.load(i);
    },
  };
}

/** A set whose images load on a later turn of the event loop. */
export function lazySet({ train, test, ...set }: ImageSet): ImageSet {
  return { ...set, train: lazily(train), test: lazily(test) };
}

/** Writes a source's images as the four IDX files. */
export function writeIdxFolder(folder: string, { train, test }: ImageSet<InMemorySource>): void {
  const [height, width] = train.shape;
  const write = (name: string, dims: number[], values: Uint8Array) =>
    writeFileSync(join(folder, name), formatIdx({ dims, values }));
  write(idxFiles.trainImages, [train.n, height, width], train.images);
  write(idxFiles.trainLabels, [train.n], Uint8Array.from(train.labels));
  write(idxFiles.testImages, [test.n, height, width], test.images);
  write(idxFiles.testLabels, [test.n], Uint8Array.from(test.labels));
}
