/**
 * Augments images at random. What happens to an image is drawn first, from a given stream, and applied later: drawing
 * needs only the sizes of images, and the applications of a batch may overlap.
 */
import type { Random } from '#core/random';
import { plainView } from '#data/images/fit';
import type { Fit, Image, Rectangle, StoredImage } from '#data/images/image-source';
import { drawMix, drawMixKind, type Mix, type MixedImage, type MixOptions, mixedImage } from './mix.js';
import { type Operation, operated } from './operation.js';
import { drawOperations, type RandAugment } from './rand-augment.js';
import {
  inceptionRectangle,
  type Range,
  type RectangleRange,
  randomRectangle,
  wholePixels,
} from './random-rectangle.js';
import { erased, shifted } from './resample.js';

/** A recipe's `augment`; its parts apply in this order, and those left out draw no random numbers. */
export interface Augmentation {
  /** Crops rectangles of this share of the area and this ratio of width to height, resized to full size. */
  readonly inceptionCrop?: RectangleRange | undefined;
  /** Largest move in pixels along each axis. */
  readonly shift?: number | undefined;
  /** Mirrors left to right with probability 1/2. */
  readonly flip?: boolean | undefined;
  /** Applies random operations. */
  readonly randAugment?: RandAugment | undefined;
  /** Mixes with another image of the train part. */
  readonly mixup?: MixOptions | undefined;
  readonly cutmix?: MixOptions | undefined;
  /** Sets a rectangle of this share of the area to 0 with this probability. */
  readonly erase?: { readonly probability: number; readonly area: Range } | undefined;
}

/** Ratios of width to height of erased rectangles: Zhong et al., "Random erasing" (arXiv:1708.04896). */
export const eraseAspect: Range = [0.3, 1 / 0.3];

/** A stored image and its class. */
export interface LabelledImage {
  readonly image: StoredImage;
  readonly label: number;
}

/** An augmented copy of an image. */
export type AugmentedImage = MixedImage;

/** The drawn augmentation of an image. */
export interface Drawn {
  readonly own: Changed;
  readonly mixed?: { readonly other: Changed; readonly mix: Mix } | undefined;
  /** Whole pixels of the result that are set to 0. */
  readonly erased?: Rectangle | undefined;
}

/** An image and what happens to it before it is mixed with another. */
interface Changed extends LabelledImage {
  /** The part that is resized to full size; left out for the view of evaluation. */
  readonly rectangle?: Rectangle | undefined;
  readonly shift?: { readonly down: number; readonly right: number } | undefined;
  readonly flip: boolean;
  readonly operations: readonly Operation[];
}

/** The set's access to its train images, and the size that they are brought to. */
export interface AugmentContext {
  /** Draws and loads the image to mix with; called if an image is mixed. */
  readonly another: (random: Random) => Promise<LabelledImage>;
  readonly fit?: Fit | undefined;
}

/** Draws the augmentation of an image, and loads the image that it is mixed with. */
export async function drawn(
  one: LabelledImage,
  augmentation: Augmentation,
  random: Random,
  { another, fit }: AugmentContext,
): Promise<Drawn> {
  const { erase } = augmentation;
  const size = fit ?? one.image;
  const own = drawChange(one, augmentation, random, fit);
  const kind = drawMixKind(augmentation, random);
  const options = kind && augmentation[kind];
  const mixed = kind &&
    options && {
      other: drawChange(await another(random), augmentation, random, fit),
      mix: drawMix(kind, options.alpha, size, random),
    };
  if (erase === undefined || random.uniform() >= erase.probability) return { own, mixed };
  const rectangle = randomRectangle(size, { area: erase.area, aspect: eraseAspect }, random);
  return { own, mixed, erased: rectangle && wholePixels(rectangle) };
}

function drawChange(
  one: LabelledImage,
  { inceptionCrop, shift, flip, randAugment }: Augmentation,
  random: Random,
  fit: Fit | undefined,
): Changed {
  const draw = (most: number) => random.below(2 * most + 1) - most;
  return {
    ...one,
    rectangle: inceptionCrop && inceptionRectangle(one.image, inceptionCrop, random),
    shift: shift === undefined || shift === 0 ? undefined : { down: draw(shift), right: draw(shift) },
    flip: flip === true && random.uniform() < 0.5,
    operations: randAugment === undefined ? [] : drawOperations(randAugment, fit ?? one.image, random),
  };
}

/**
 * Decodes the images of a drawn augmentation and applies it; the copy has the size of the fit, or else of the image.
 *
 * @param into  memory that the pixels may be written to
 */
export async function applied(
  { own, mixed, erased: hole }: Drawn,
  fit?: Fit,
  into?: Uint8Array,
): Promise<AugmentedImage> {
  const [image, other] = await Promise.all([changed(own, fit, into), mixed && changed(mixed.other, fit)]);
  const plain = { image, label: own.label };
  const result =
    mixed === undefined || other === undefined
      ? { ...plain, mixedLabel: own.label, mixedShare: 0 }
      : mixedImage(plain, { image: other, label: mixed.other.label }, mixed.mix);
  return hole === undefined ? result : { ...result, image: erased(result.image, hole) };
}

/** An augmented copy of an image: draws and applies at once. */
export async function augmented(
  one: LabelledImage,
  augmentation: Augmentation,
  random: Random,
  context: AugmentContext,
  into?: Uint8Array,
): Promise<AugmentedImage> {
  return applied(await drawn(one, augmentation, random, context), context.fit, into);
}

async function changed(
  { image, rectangle, shift, flip, operations }: Changed,
  fit: Fit | undefined,
  into?: Uint8Array,
): Promise<Image> {
  const mirrored = await (rectangle === undefined
    ? plainView(image, fit, flip, into)
    : image.view(rectangle, fit ?? image, flip, into));
  // The decoder mirrors at no cost; a shift after the mirroring goes the other way than one before it.
  const moved = shift === undefined ? mirrored : shifted(mirrored, shift.down, flip ? -shift.right : shift.right);
  return operations.reduce(operated, moved);
}
