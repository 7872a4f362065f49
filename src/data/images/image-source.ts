/**
 * Images from outside, whatever format they come in: what teachers are trained on and sets are built from. A source hands
 * out one image at a time, so that a large set need not be in memory, and its images may differ in size.
 */
import { Failure } from '#core/failure';

/** One image: raw pixels, row by row, the channels of a pixel side by side. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels], 8 bits each. */
  readonly pixels: Uint8Array;
}

/** Height, width and channels of an image. */
export type Shape = readonly [number, number, number];

/** Labelled images of one part, by their place 0...n-1. */
export interface ImageSource {
  readonly n: number;
  /** The shape of all images; undefined where they differ. */
  readonly shape: Shape | undefined;
  /** True if `pixels` only hands out what is in memory: then nothing is gained by asking ahead. */
  readonly inMemory: boolean;
  /** The class of an image, in 0...K-1. */
  label(i: number): number;
  /**
   * Loads an image, whose pixels are borrowed. Several may be asked for at a time; a damaged one rejects with a data
   * failure that names its file.
   */
  pixels(i: number): Promise<Image>;
}

/** Labelled images to train and to test on: what the `source` of a recipe names. */
export interface ImageSet<Source extends ImageSource = ImageSource> {
  readonly name: string;
  /** Names of the K classes. */
  readonly classNames: readonly string[];
  /** Where the bytes came from and how far they were checked; goes into manifests. */
  readonly provenance: string;
  readonly train: Source;
  readonly test: Source;
  /** Notes for the user, shown before the images are used. */
  readonly notes?: readonly string[] | undefined;
}

/** Shape of images and number of their classes: a network for them has the same. */
export interface ImageForm {
  readonly shape: Shape;
  readonly classes: number;
}

/** The form of a set's images; images that differ in shape are refused with a data failure. */
export function formOf({ name, classNames, train, test }: ImageSet): ImageForm {
  const { shape } = train;
  if (shape === undefined || shape.join() !== test.shape?.join()) {
    const message = `${name}: the images differ in size, but trainings and distillation sets need one size for all`;
    throw new Failure('data', message, 'scale or crop them to one size first');
  }
  return { shape, classes: classNames.length };
}

/** The labels of all images, in their order. */
export function labelsOf({ n, label }: ImageSource): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => label(i));
}

/** The highest of some labels; -1 where there are none. */
export function highest(...parts: readonly Iterable<number>[]): number {
  let most = -1;
  for (const labels of parts) for (const label of labels) if (label > most) most = label;
  return most;
}

/** Names for classes that nobody named: `0`, `1`, ... */
export function numbered(classes: number): string[] {
  return Array.from({ length: classes }, (_, label) => String(label));
}
