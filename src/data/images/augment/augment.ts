/**
 * Augments images at random. What happens to an image is drawn first, from a given stream, and applied later: drawing
 * needs only the sizes of images, and the applications of a batch may overlap.
 */
import type { Random } from '#core/random';
import { plainView, wholeRectangle } from '#data/images/fit';
import type { Fit, Image, Rectangle, Size, StoredImage } from '#data/images/image-source';
import { blended, erased, flipped, shifted } from './resample.js';

type Range = readonly [number, number];

/** A recipe's `augment`; its parts apply in this order, and those left out draw no random numbers. */
export interface Augmentation {
  /** Crops rectangles of this share of the area and this ratio of width to height, resized to full size. */
  readonly inceptionCrop?: { readonly area: Range; readonly aspect: Range } | undefined;
  /** Largest move in pixels along each axis. */
  readonly shift?: number | undefined;
  /** Mirrors left to right with probability 1/2. */
  readonly flip?: boolean | undefined;
  /** Blends with another image of the train part, by a share drawn from Beta(alpha, alpha). */
  readonly mixup?: { readonly alpha: number } | undefined;
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

/**
 * An augmented copy of an image. Its target gives `mixedShare` to `mixedLabel` and the rest to `label`, the class of
 * the larger share: mixup blends targets like pixels. Without mixup the share is 0.
 */
export interface AugmentedImage {
  readonly image: Image;
  readonly label: number;
  readonly mixedLabel: number;
  /** From 0 to 0.5. */
  readonly mixedShare: number;
}

/** The drawn augmentation of an image. */
export interface Drawn {
  readonly own: Moved;
  readonly mixed?: { readonly other: Moved; readonly share: number } | undefined;
  /** Whole pixels of the result that are set to 0. */
  readonly erased?: Rectangle | undefined;
}

/** An image and how it is moved, before it is blended with another. */
interface Moved extends LabelledImage {
  /** The part that is resized to full size; left out for the view of evaluation. */
  readonly rectangle?: Rectangle | undefined;
  readonly shift?: { readonly down: number; readonly right: number } | undefined;
  readonly flip: boolean;
}

/** The set's access to its train images, and the size that they are brought to. */
export interface AugmentContext {
  /** Draws and loads the image to mix with; called if the augmentation has `mixup`. */
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
  const { mixup, erase } = augmentation;
  const own = drawMove(one, augmentation, random);
  const other = mixup && drawMove(await another(random), augmentation, random);
  const mixed = mixup && other && { other, share: betaSample(mixup.alpha, random) };
  if (erase === undefined || random.uniform() >= erase.probability) return { own, mixed };
  const rectangle = randomRectangle(fit ?? one.image, erase.area, eraseAspect, random);
  return { own, mixed, erased: rectangle && wholePixels(rectangle) };
}

function drawMove(one: LabelledImage, { inceptionCrop, shift, flip }: Augmentation, random: Random): Moved {
  const rectangle =
    inceptionCrop &&
    (randomRectangle(one.image, inceptionCrop.area, inceptionCrop.aspect, random) ?? wholeRectangle(one.image));
  const draw = (most: number) => random.below(2 * most + 1) - most;
  return {
    ...one,
    rectangle,
    shift: shift === undefined || shift === 0 ? undefined : { down: draw(shift), right: draw(shift) },
    flip: flip === true && random.uniform() < 0.5,
  };
}

/** Decodes the images of a drawn augmentation and applies it; the copy has the size of the fit, or else of the image. */
export async function applied({ own, mixed, erased: hole }: Drawn, fit?: Fit): Promise<AugmentedImage> {
  const moves = mixed === undefined ? [own] : [own, mixed.other];
  const [first, second] = await Promise.all(moves.map((move) => movedPixels(move, fit)));
  const plain = { image: first as Image, label: own.label, mixedLabel: own.label, mixedShare: 0 };
  const result =
    mixed === undefined ? plain : mixedPair(plain, { image: second as Image, label: mixed.other.label }, mixed.share);
  return hole === undefined ? result : { ...result, image: erased(result.image, hole) };
}

/** An augmented copy of an image: draws and applies at once. */
export async function augmented(
  one: LabelledImage,
  augmentation: Augmentation,
  random: Random,
  context: AugmentContext,
): Promise<AugmentedImage> {
  return applied(await drawn(one, augmentation, random, context), context.fit);
}

async function movedPixels({ image, rectangle, shift, flip }: Moved, fit: Fit | undefined): Promise<Image> {
  const view = rectangle === undefined ? await plainView(image, fit) : await image.view(rectangle, fit ?? image);
  const moved = shift === undefined ? view : shifted(view, shift.down, shift.right);
  return flip ? flipped(moved) : moved;
}

interface LabelledPixels {
  readonly image: Image;
  readonly label: number;
}

/** Blends `share` of one image with the rest of the other. */
function mixedPair(one: LabelledPixels, other: LabelledPixels, share: number): AugmentedImage {
  const image = blended(one.image, other.image, share);
  return share >= 0.5
    ? { image, label: one.label, mixedLabel: other.label, mixedShare: 1 - share }
    : { image, label: other.label, mixedLabel: one.label, mixedShare: share };
}

/**
 * A rectangle inside the image, its share of the area uniform, its aspect (width / height) log-uniform.
 * Szegedy et al., "Going deeper with convolutions" (arXiv:1409.4842), section 6; undefined after ten draws that do not
 * fit; the caller then crops to the whole image, or erases nothing.
 */
export function randomRectangle(
  { height: H, width: W }: Size,
  area: Range,
  aspect: Range,
  random: Random,
): Rectangle | undefined {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pixels = H * W * between(area, random.uniform());
    const ratio = Math.exp(between([Math.log(aspect[0]), Math.log(aspect[1])], random.uniform()));
    const [height, width] = [Math.sqrt(pixels / ratio), Math.sqrt(pixels * ratio)];
    if (height <= H && width <= W) {
      return { top: random.uniform() * (H - height), left: random.uniform() * (W - width), height, width };
    }
  }
  return undefined;
}

function wholePixels({ top, left, height, width }: Rectangle): Rectangle {
  return { top: Math.floor(top), left: Math.floor(left), height: Math.floor(height), width: Math.floor(width) };
}

function between([low, high]: Range, share: number): number {
  return low + (high - low) * share;
}

/** A sample of Beta(alpha, alpha), the distribution of the share in Zhang et al., "mixup" (arXiv:1710.09412). */
export function betaSample(alpha: number, random: Random): number {
  const [x, y] = [gammaSample(alpha, random), gammaSample(alpha, random)];
  return x + y === 0 ? random.below(2) : x / (x + y); // both vanish for tiny alpha, where the mass lies at the ends
}

/**
 * A sample of Gamma(shape, 1): Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); shapes
 * below 1 by their boost.
 */
function gammaSample(shape: number, random: Random): number {
  if (shape < 1) return gammaSample(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
