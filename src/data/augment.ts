/** Random changes to an image, drawn from a stream that belongs to this image and copy alone. */
import type { Random } from '../core/random.js';
import type { Shape } from './image-source.js';
import { blended, cropped, erased, flipped, type Rectangle, shifted } from './resample.js';

type Range = readonly [number, number];

/** What a recipe asks for; the parts apply in this order, and those left out draw nothing. */
export interface Augmentation {
  /** Rectangles of this share of the area and this width to height, scaled to full size. */
  readonly inceptionCrop?: { readonly area: Range; readonly aspect: Range } | undefined;
  /** Largest move in pixels along each axis. */
  readonly shift?: number | undefined;
  /** Mirrored left to right, every second time. */
  readonly flip?: boolean | undefined;
  /** Blended with another image of the train part, by a share drawn from Beta(alpha, alpha). */
  readonly mixup?: { readonly alpha: number } | undefined;
  /** With this probability a rectangle of this share of the area is set to 0. */
  readonly erase?: { readonly probability: number; readonly area: Range } | undefined;
}

/**
 * An augmented copy of an image [H, W, C].
 *
 * @param another  draws the image to mix with; called where the augmentation has `mixup`
 */
export function augmented(
  image: Uint8Array,
  shape: Shape,
  augmentation: Augmentation,
  random: Random,
  another: (random: Random) => Uint8Array,
): Uint8Array {
  const { mixup, erase } = augmentation;
  let result = moved(image, shape, augmentation, random);
  if (mixup !== undefined) {
    const other = moved(another(random), shape, augmentation, random);
    result = blended(result, other, betaSample(mixup.alpha, random));
  }
  if (erase !== undefined && random.uniform() < erase.probability) {
    result = erased(result, shape, wholePixels(randomRectangle(shape, erase.area, [0.3, 1 / 0.3], random)));
  }
  return result;
}

function moved(image: Uint8Array, shape: Shape, { inceptionCrop, shift, flip }: Augmentation, random: Random) {
  let result = image;
  if (inceptionCrop !== undefined) {
    result = cropped(result, shape, randomRectangle(shape, inceptionCrop.area, inceptionCrop.aspect, random));
  }
  if (shift !== undefined && shift > 0) {
    const draw = () => random.below(2 * shift + 1) - shift;
    result = shifted(result, shape, draw(), draw());
  }
  return flip && random.uniform() < 0.5 ? flipped(result, shape) : result;
}

/**
 * A rectangle inside the image, its share of the area uniform, its aspect (width / height) log-uniform.
 * Szegedy et al., "Going deeper with convolutions" (arXiv:1409.4842), section 6; after ten draws that do not fit, the
 * whole image.
 */
export function randomRectangle([H, W]: Shape, area: Range, aspect: Range, random: Random): Rectangle {
  for (let attempt = 0; attempt < 10; attempt++) {
    const pixels = H * W * between(area, random.uniform());
    const ratio = Math.exp(between([Math.log(aspect[0]), Math.log(aspect[1])], random.uniform()));
    const [height, width] = [Math.sqrt(pixels / ratio), Math.sqrt(pixels * ratio)];
    if (height <= H && width <= W) {
      return { top: random.uniform() * (H - height), left: random.uniform() * (W - width), height, width };
    }
  }
  return { top: 0, left: 0, height: H, width: W };
}

function wholePixels({ top, left, height, width }: Rectangle): Rectangle {
  return { top: Math.floor(top), left: Math.floor(left), height: Math.floor(height), width: Math.floor(width) };
}

function between([low, high]: Range, share: number): number {
  return low + (high - low) * share;
}

/** A sample of Beta(alpha, alpha): Zhang et al., "mixup" (arXiv:1710.09412), draws its share from it. */
export function betaSample(alpha: number, random: Random): number {
  const [x, y] = [gammaSample(alpha, random), gammaSample(alpha, random)];
  return x + y === 0 ? random.below(2) : x / (x + y); // both vanish for tiny alpha, where the mass lies at the ends
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); below 1 by their boost. */
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
