/** The images that a build draws rows from: those of the source and of its pool, under one index, and the train rows. */
import type { LabelledImage } from '#data/images/augment/augment';
import { type Fit, formOf, type ImageForm, type ImageSet, type ImageSource } from '#data/images/image-source';

/** A source image by index: first the source's train part, then its test part, then the pool. */
export interface BuildImages {
  readonly parts: readonly ImageSource[];
  readonly form: ImageForm;
  /** The size that all images are brought to; undefined if they have it. */
  readonly fit: Fit | undefined;
}

/** The images that are augmented; all arrays have one entry for each image that makes up a copy of the train split. */
export interface TrainImages {
  /** Indices of the images. */
  readonly sources: Int32Array;
  /** Their classes, where these are not the source's labels. */
  readonly labels?: Int32Array | undefined;
  /** Number of earlier entries for the same image; left out if there are none. */
  readonly repeats?: Int32Array | undefined;
}

/** Joins the images of a source and of its pool, whose images are brought to the source's size. */
export function buildImages(source: ImageSet, pool?: ImageSet): BuildImages {
  const form = formOf(source);
  const parts = [source.train, source.test, ...(pool === undefined ? [] : [pool.train])];
  const [height, width] = form.shape;
  const haveShape = parts.every(({ shape }) => shape?.join() === form.shape.join());
  return { parts, form, fit: source.fit ?? (haveShape ? undefined : { height, width, centralCrop: 1 }) };
}

/** Loads an image by its index. */
export async function imageAt({ parts }: BuildImages, index: number): Promise<LabelledImage> {
  let at = index;
  for (const part of parts) {
    if (at < part.n) return { image: await part.load(at), label: part.label(at) };
    at -= part.n;
  }
  throw new RangeError(`image ${index} of a build`);
}
