/** Augments images at random, with draws from a given stream. */
import type { Random } from '#core/random';
import type { Image } from '#data/images/image-source';
import { blended, cropped, erased, flipped, type Rectangle, shifted } from './resample.js';

type Range = readonly [number, number];

/** A recipe's `augment`; its parts apply in this order, and those left out draw no random numbers. */
export interface Augmentation {
  /** Crops rectangles of this share of the area and this ratio of width to height, scaled to full size. */
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

/** An image and its class. */
export interface LabelledImage {
  readonly image: Image;
  readonly label: number;
}

/**
 * An augmented copy of an image. Its target gives `mixedShare` to `mixedLabel` and the rest to `label`, the class of
 * the larger share: mixup blends targets like pixels. Without mixup the share is 0.
 */
export interface AugmentedImage extends LabelledImage {
  readonly mixedLabel: number;
  /** From 0 to 0.5. */
  readonly mixedShare: number;
}

/**
 * An augmented copy of an image, of the same size.
 *
 * @param another  draws and loads the image to mix with; called if the augmentation has `mixup`
 */
export async function augmented(
  { image, label }: LabelledImage,
  augmentation: Augmentation,
  random: Random,
  another: (random: Random) => Promise<LabelledImage>,
): Promise<AugmentedImage> {
  const { mixup, erase } = augmentation;
  const own = { image: moved(image, augmentation, random), label };
  let result = { ...own, mixedLabel: label, mixedShare: 0 };
  if (mixup !== undefined) {
    const other = await another(random);
    const movedOther = { image: moved(other.image, augmentation, random), label: other.label };
    result = mixedPair(own, movedOther, betaSample(mixup.alpha, random));
  }
  if (erase === undefined || random.uniform() >= erase.probability) return result;
  const rectangle = randomRectangle(result.image, erase.area, eraseAspect, random);
  return rectangle === undefined ? result : { ...result, image: erased(result.image, wholePixels(rectangle)) };
}

/** Blends `share` of one image with the rest of the other. */
function mixedPair(one: LabelledImage, other: LabelledImage, share: number): AugmentedImage {
  const image = blended(one.image, other.image, share);
  return share >= 0.5
    ? { image, label: one.label, mixedLabel: other.label, mixedShare: 1 - share }
    : { image, label: other.label, mixedLabel: one.label, mixedShare: share };
}

function moved(image: Image, { inceptionCrop, shift, flip }: Augmentation, random: Random): Image {
  let result = image;
  if (inceptionCrop !== undefined) {
    const { height, width } = image;
    const rectangle = randomRectangle(image, inceptionCrop.area, inceptionCrop.aspect, random);
    result = cropped(result, rectangle ?? { top: 0, left: 0, height, width });
  }
  if (shift !== undefined && shift > 0) {
    const draw = () => random.below(2 * shift + 1) - shift;
    result = shifted(result, draw(), draw());
  }
  return flip && random.uniform() < 0.5 ? flipped(result) : result;
}

/**
 * A rectangle inside the image, its share of the area uniform, its aspect (width / height) log-uniform.
 * Szegedy et al., "Going deeper with convolutions" (arXiv:1409.4842), section 6; undefined after ten draws that do not
 * fit; the caller then crops to the whole image, or erases nothing.
 */
export function randomRectangle(
  { height: H, width: W }: Pick<Image, 'height' | 'width'>,
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
