/** Draws the rows of a set: loads and augments their images, and encodes what is stored encoded. */
import { type Random, randomStream } from '#core/random';
import { type Augmentation, type AugmentedImage, augmented, type LabelledImage } from '#data/images/augment/augment';
import { plainView } from '#data/images/fit';
import { imageBytes, putPixels, stackedImages } from '#data/images/image-stack';
import { decodedPixels, type Encoding, encodedImage } from '#data/sets/stored-images';
import { type BuildImages, imageAt, type TrainImages } from './build-images.js';
import type { PlannedRow } from './build-plan.js';

/** The images of some rows, and their labels. */
export interface DrawnRows {
  /** The pixels that teacher and student see [n, H, W, C]: those of the encoded images, where images are encoded. */
  readonly pixels: Uint8Array;
  /** Encoded images; empty if images are stored raw. */
  readonly encoded: readonly Uint8Array[];
  readonly labels: Int32Array;
  readonly mixing: { readonly labels: Int32Array; readonly shares: Float32Array };
}

/** Everything that drawn rows depend on. */
export interface DrawingSettings {
  readonly seed: number;
  readonly augment: Augmentation;
  readonly train: TrainImages;
  /** The encoding of stored images; undefined if they are stored raw. */
  readonly encoding?: Encoding | undefined;
}

/** Draws rows, which are the same whatever was drawn before. */
export type DrawRows = (rows: readonly PlannedRow[]) => Promise<DrawnRows>;

const drawnAtOnce = 32; // images: bounds the memory of decoded images of any size

/** Returns a function that draws rows in this thread. */
export function rowDrawer(images: BuildImages, { encoding, ...settings }: DrawingSettings): DrawRows {
  const { shape } = images.form;
  const size = imageBytes(shape);
  const draw = imageDrawer(images, settings);
  return async (rows) => {
    const n = rows.length;
    const pixels = new Uint8Array(n * size);
    const encoded: Uint8Array[] = [];
    const labels = new Int32Array(n);
    const mixing = { labels: new Int32Array(n), shares: new Float32Array(n) };
    const fill = async (i: number) => {
      const into = stackedImages(pixels, size, i);
      const { image, label, mixedLabel, mixedShare } = await draw(rows[i] as PlannedRow, into);
      labels[i] = label;
      mixing.labels[i] = mixedLabel;
      mixing.shares[i] = mixedShare;
      if (encoding === undefined) return putPixels(image.pixels, into);
      const bytes = await encodedImage(image.pixels, shape, encoding);
      encoded[i] = bytes;
      into.set(await decodedPixels(bytes, shape, `row ${i}`));
    };
    for (let from = 0; from < n; from += drawnAtOnce) {
      const some = Array.from({ length: Math.min(drawnAtOnce, n - from) }, (_, i) => from + i);
      await Promise.all(some.map(fill));
    }
    return { pixels, encoded, labels, mixing };
  };
}

/**
 * Returns a function that draws the image of a row: as it is for validation and test, else augmented. Each copy of each
 * train image has a separate random stream; only train images are mixed in.
 */
function imageDrawer(images: BuildImages, { seed, augment, train }: Omit<DrawingSettings, 'encoding'>) {
  const { fit } = images;
  const trainImage = async (source: number, label: number | undefined): Promise<LabelledImage> => {
    const own = await imageAt(images, source);
    return label === undefined ? own : { ...own, label };
  };
  const another = (random: Random) => {
    const i = random.below(train.sources.length);
    return trainImage(train.sources[i] as number, train.labels?.[i]);
  };
  return async ({ source, replica, label, isClean }: PlannedRow, into: Uint8Array): Promise<AugmentedImage> => {
    const own = await trainImage(source, label);
    if (isClean) {
      const image = await plainView(own.image, fit, false, into);
      return { image, label: own.label, mixedLabel: own.label, mixedShare: 0 };
    }
    return augmented(own, augment, rowStream(seed, source, replica), { another, fit }, into);
  };
}

/** The random stream of one copy of a train image. */
export function rowStream(seed: number, source: number, replica: number): Random {
  return randomStream(`${seed}/data/augment/${source}/${replica}`);
}
