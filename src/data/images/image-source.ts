/**
 * Labelled images, independent of their file format: teachers are trained on them and distillation sets built from
 * them. A source provides one image at a time, so that a large set need not be in memory; its images may differ in
 * size.
 */
import { Failure } from '#core/failure';

/** One image: raw pixels, row by row, channels last. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels], 8 bits each. */
  readonly pixels: Uint8Array;
}

/** Height, width and channels of an image. */
export type ImageShape = readonly [number, number, number];

/** Height and width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A part of an image in pixels; the edges may lie between pixels. */
export interface Rectangle extends Size {
  readonly top: number;
  readonly left: number;
}

/** An image whose size is known before its pixels are decoded. */
export interface StoredImage extends Size {
  /** Decodes all pixels, which are borrowed. */
  whole(): Promise<Image>;
  /**
   * Decodes a rectangle and resizes it to `to`; if `isMirrored`, exchanges left and right. The pixels may be written to
   * `into`, of matching size, which saves allocating them.
   */
  view(rectangle: Rectangle, to: Size, isMirrored?: boolean, into?: Uint8Array): Promise<Image>;
}

/** The labelled images of one part, by index 0...n-1. */
export interface ImageSource {
  readonly n: number;
  /** The shape of all images; undefined if they differ in size. */
  readonly shape: ImageShape | undefined;
  /** Channels of every image, 1 or 3. */
  readonly channels: number;
  /** True if all images are in memory, so that loading ahead gains nothing. */
  readonly inMemory: boolean;
  /** The class of an image, in 0...K-1. */
  label(i: number): number;
  /**
   * Loads an image. Calls may overlap; a damaged image rejects with a data failure that names its file, here or where
   * its pixels are decoded.
   */
  load(i: number): Promise<StoredImage>;
  /** A SHA-256 that changes with the images, for sources that have one without reading them all. */
  fingerprint?(): Promise<string>;
}

/** The size that all images of a set are brought to. */
export interface Fit extends Size {
  /**
   * The share of height and width that evaluation sees, of the largest rectangle with this aspect; above 0, at most 1.
   * 0.875 is 224 of 256 pixels, as ImageNet is evaluated.
   */
  readonly centralCrop: number;
}

/** Labelled images for training and testing, named by a recipe's `source`. */
export interface ImageSet<Source extends ImageSource = ImageSource> {
  readonly name: string;
  /** Names of the K classes. */
  readonly classNames: readonly string[];
  /** The origin of the files and how far they were checked, for manifests. */
  readonly provenance: string;
  readonly train: Source;
  readonly test: Source;
  /** The size that all images are brought to; left out if they have one size, which is kept. */
  readonly fit?: Fit | undefined;
  /** Notes for the user, shown before the images are used. */
  readonly notes?: readonly string[] | undefined;
}

/** The shape of images and the number of classes, which a network for them shares. */
export interface ImageForm {
  readonly shape: ImageShape;
  readonly classes: number;
}

/** The form of a set's images, once they are brought to one size; without one, differing sizes are a data failure. */
export function formOf({ name, classNames, train, test, fit }: ImageSet): ImageForm {
  const classes = classNames.length;
  if (fit !== undefined) return { shape: [fit.height, fit.width, train.channels], classes };
  const { shape } = train;
  if (shape === undefined || shape.join() !== test.shape?.join()) {
    const message = `${name}: the images differ in size, but trainings and distillation sets need one size for all`;
    throw new Failure('data', message, 'state a size next to the source, such as resolution: 96');
  }
  return { shape, classes };
}

/** The labels of all images, in order. */
export function labelsOf({ n, label }: ImageSource): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => label(i));
}

/** The highest label; -1 if there is none. */
export function highest(...parts: readonly Iterable<number>[]): number {
  let most = -1;
  for (const labels of parts) for (const label of labels) if (label > most) most = label;
  return most;
}

/** Default names of classes: `0`, `1`, ... */
export function numbered(classes: number): string[] {
  return Array.from({ length: classes }, (_, label) => String(label));
}
