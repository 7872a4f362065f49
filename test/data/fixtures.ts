/** Small sources and folders for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { permutation, randomStream } from '#core/random';
import { formatIdx, idxFiles } from '#data/images/formats/idx';
import type { ImageSource, LabelledImages, Shape } from '#data/images/image-source';

/** A new folder that goes when the test file is done. */
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

/** What a function throws, which must be a `Failure`. */
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

/** `perClass` images of each class in random order; every image differs, its first pixel is its label. */
export function tinyImages(shape: Shape, classes: number, perClass: number, name: string): LabelledImages {
  const size = shape[0] * shape[1] * shape[2];
  const random = randomStream(`test/${name}`);
  const n = classes * perClass;
  const labels = Uint8Array.from(permutation(n, random), (i) => i % classes);
  const images = Uint8Array.from({ length: n * size }, () => random.below(256));
  for (let i = 0; i < n; i++) images[i * size] = labels[i] as number;
  return { n, images, labels };
}

export function tinySource(shape: Shape = [6, 5, 1], classes = 4, trainPerClass = 30, testPerClass = 5): ImageSource {
  return {
    name: 'tiny',
    classes,
    classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
    shape,
    provenance: 'made up for a test',
    train: tinyImages(shape, classes, trainPerClass, 'train'),
    test: tinyImages(shape, classes, testPerClass, 'test'),
  };
}

/** Classes 0 and 1 whose images are all 0 and all 200: a blend's pixels tell the share of each. */
export function darkAndBright(perClass = 20): ImageSource {
  const part = (n: number) => ({
    n,
    labels: Uint8Array.from({ length: n }, (_, i) => i % 2),
    images: Uint8Array.from({ length: 4 * n }, (_, i) => 200 * (Math.floor(i / 4) % 2)),
  });
  const names = { name: 'levels', classNames: ['dark', 'bright'], provenance: 'made up for a test' };
  return { ...names, classes: 2, shape: [2, 2, 1], train: part(2 * perClass), test: part(4) };
}

/** Writes a source's images as the four IDX files. */
export function writeIdxFolder(folder: string, { shape: [height, width], train, test }: ImageSource): void {
  const write = (name: string, dims: number[], values: Uint8Array) =>
    writeFileSync(join(folder, name), formatIdx({ dims, values }));
  write(idxFiles.trainImages, [train.n, height, width], train.images);
  write(idxFiles.trainLabels, [train.n], Uint8Array.from(train.labels));
  write(idxFiles.testImages, [test.n, height, width], test.images);
  write(idxFiles.testLabels, [test.n], Uint8Array.from(test.labels));
}
