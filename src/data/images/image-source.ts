/** A labelled set of images in memory, whatever format it came in: what teachers are trained on and sets are built from. */

/** Images of one part, raw pixels [n, H, W, C], each with a label in 0…classes-1. */
export interface LabelledImages {
  readonly n: number;
  readonly images: Uint8Array;
  readonly labels: Uint8Array | Int32Array;
}

export interface ImageSource {
  readonly name: string;
  readonly classes: number;
  readonly classNames: readonly string[];
  /** [H, W, C]. */
  readonly shape: Shape;
  /** Where the bytes came from and how far they were checked; goes into manifests. */
  readonly provenance: string;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** Notes for the user, shown before it is used. */
  readonly notes?: readonly string[] | undefined;
}

/** The highest of some labels. */
export function highest(...parts: readonly Iterable<number>[]): number {
  let most = -1;
  for (const labels of parts) for (const label of labels) if (label > most) most = label;
  return most;
}

/** Names for classes that nobody named. */
export function numbered(classes: number): string[] {
  return Array.from({ length: classes }, (_, label) => String(label));
}

/** Height, width and channels of an image. */
export type Shape = readonly [number, number, number];

/** Bytes of one raw image. */
export function imageBytes([height, width, channels]: Shape): number {
  return height * width * channels;
}
