/** Selects the train images of a set from a pool whose labels are ignored, by a network's probabilities. */
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { Failure } from '#core/failure';
import { permutation, randomStream } from '#core/random';
import { plainView } from '#data/images/fit';
import { imageBytes, stackedImages } from '#data/images/image-stack';
import { readAhead } from '#data/images/read-ahead';
import type { Selection } from '#data/sets/selection';
import { type BuildImages, imageAt, type TrainImages } from './build-images.js';
import { chunkRows } from './build-shard.js';
import { checkProbabilities, type Teacher } from './build-teacher.js';

export interface SelectionRequest {
  readonly images: BuildImages;
  /** Index of the pool's first image in `images`. */
  readonly first: number;
  /** Number of the pool's images. */
  readonly n: number;
  /** False for images that may not be selected, since they are in another split; all may if left out. */
  readonly isAllowed?: ((image: number) => boolean) | undefined;
  readonly selector: Teacher;
  readonly keepAbove: number;
  /** Called before each chunk with the images seen; may throw to stop. */
  readonly onChunk: (images: number) => void;
}

/** Shows every image of a pool to the selector, without augmentation, and keeps the classes above the threshold. */
export async function selectFromPool(request: SelectionRequest): Promise<Selection> {
  const { images, n, isAllowed = () => true, selector, keepAbove, onChunk } = request;
  const { shape, classes } = images.form;
  const size = chunkRows({ imageBytes: imageBytes(shape), classes });
  const load = readAhead((from: number) => cleanImages(request, from, Math.min(size, n - from)));
  const kept = { images: [] as number[], classes: [] as number[], probabilities: [] as number[] };
  for (let from = 0; from < n; from += size) {
    await yieldToEvents(); // lets signals in
    onChunk(from);
    const pixels = await load(from, from + size < n ? [from + size] : []);
    const count = Math.min(size, n - from);
    const probabilities = await selector.predict(pixels, count);
    checkProbabilities(probabilities, count, classes, selector.name);
    for (const [i, probability] of probabilities.entries()) {
      const image = from + Math.floor(i / classes);
      if (probability <= keepAbove || !isAllowed(image)) continue;
      kept.images.push(image);
      kept.classes.push(i % classes);
      kept.probabilities.push(probability);
    }
  }
  return {
    images: Int32Array.from(kept.images),
    classes: Int32Array.from(kept.classes),
    probabilities: Float32Array.from(kept.probabilities),
  };
}

async function cleanImages({ images, first }: SelectionRequest, from: number, n: number): Promise<Uint8Array> {
  const size = imageBytes(images.form.shape);
  const pixels = new Uint8Array(n * size);
  const load = async (i: number) => {
    const { image } = await imageAt(images, first + from + i);
    stackedImages(pixels, size, i).set((await plainView(image, images.fit)).pixels);
  };
  await Promise.all(Array.from({ length: n }, (_, i) => load(i)));
  return pixels;
}

/**
 * Resamples a selection to the same number of images per class: a random part of those kept for it or, where they are
 * fewer, each of them equally often, to within one. A class for which no image was kept gets none.
 *
 * @param first  index that the pool's first image has in the build
 * @throws Failure `data` if no image was kept at all
 */
export function resampled({ images, classes }: Selection, perClass: number, first: number, seed: number): TrainImages {
  const members = new Map<number, number[]>();
  for (const [i, k] of classes.entries()) {
    const found = members.get(k);
    if (found === undefined) members.set(k, [i]);
    else found.push(i);
  }
  if (members.size === 0) {
    const message = 'pool: no image has a class whose probability exceeds keepAbove';
    throw new Failure('data', message, 'lower keepAbove, or use a pool or a selector that fits the classes');
  }
  const sources = new Int32Array(members.size * perClass);
  const labels = new Int32Array(sources.length);
  let at = 0;
  for (const [k, kept] of [...members].sort(([a], [b]) => a - b)) {
    const order = permutation(kept.length, randomStream(`${seed}/data/pool/${k}`));
    for (let i = 0; i < perClass; i++, at++) {
      sources[at] = first + (images[kept[order[i % kept.length] as number] as number] as number);
      labels[at] = k;
    }
  }
  return { sources, labels, repeats: repeatsOf(sources) };
}

/** The number of earlier entries for the same image. */
function repeatsOf(sources: Int32Array): Int32Array {
  const seen = new Map<number, number>();
  return sources.map((source) => {
    const count = seen.get(source) ?? 0;
    seen.set(source, count + 1);
    return count;
  });
}

/** The classes for which no image was kept. */
export function missingClasses({ classes }: Selection, classNames: readonly string[]): string[] {
  const found = new Set(classes);
  return classNames.filter((_, k) => !found.has(k));
}
