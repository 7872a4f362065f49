/**
 * Mixes two images and their labels: Mixup, Zhang et al. (arXiv:1710.09412), and CutMix, Yun et al. (arXiv:1905.04899).
 */
import type { Random } from '#core/random';
import type { Image, Rectangle, Size } from '#data/images/image-source';
import { betaSample } from './beta.js';
import { blended, pasted } from './resample.js';

/** A recipe's `mixup` or `cutmix`. */
export interface MixOptions {
  /** The share of an image is drawn from Beta(alpha, alpha). */
  readonly alpha: number;
  /** Share of the images that are mixed in this way; if left out, all that the other way leaves, or half of them. */
  readonly probability?: number | undefined;
}

/** The ways to mix that an augmentation names. */
export interface Mixing {
  readonly mixup?: MixOptions | undefined;
  readonly cutmix?: MixOptions | undefined;
}

export type MixKind = keyof Mixing;

/** How an image is mixed with another one. */
export type Mix =
  /** Blends `share` of the image with the rest of the other one. */
  | { readonly kind: 'mixup'; readonly share: number }
  /** Replaces whole pixels by the other image's. */
  | { readonly kind: 'cutmix'; readonly rectangle: Rectangle };

/** An image and its class. */
export interface LabelledPixels {
  readonly image: Image;
  readonly label: number;
}

/**
 * An augmented copy of an image. Its target gives `mixedShare` to `mixedLabel` and the rest to `label`, the class of
 * the larger share: targets are mixed like pixels. Without mixing the share is 0.
 */
export interface MixedImage extends LabelledPixels {
  readonly mixedLabel: number;
  /** From 0 to 0.5. */
  readonly mixedShare: number;
}

/** True if images may be mixed, so that their targets have two labels. */
export function isMixing({ mixup, cutmix }: Mixing): boolean {
  return mixup !== undefined || cutmix !== undefined;
}

/** The probabilities of both ways; those that are left out share what remains. */
function mixProbabilities({ mixup, cutmix }: Mixing): Readonly<Record<MixKind, number>> {
  const own = (options: MixOptions | undefined, other: MixOptions | undefined) => {
    if (options === undefined) return 0;
    if (options.probability !== undefined) return options.probability;
    if (other === undefined) return 1;
    return other.probability === undefined ? 0.5 : Math.max(0, 1 - other.probability);
  };
  return { mixup: own(mixup, cutmix), cutmix: own(cutmix, mixup) };
}

/** Draws how an image is mixed, if at all; a single way for all images draws no random number. */
export function drawMixKind(mixing: Mixing, random: Random): MixKind | undefined {
  const { mixup, cutmix } = mixProbabilities(mixing);
  if (mixup === 1) return 'mixup';
  if (cutmix === 1) return 'cutmix';
  if (mixup + cutmix === 0) return undefined;
  const uniform = random.uniform();
  if (uniform < mixup) return 'mixup';
  return uniform < mixup + cutmix ? 'cutmix' : undefined;
}

export function drawMix(kind: MixKind, alpha: number, size: Size, random: Random): Mix {
  const share = betaSample(alpha, random);
  return kind === 'mixup' ? { kind, share } : { kind, rectangle: drawCut(size, share, random) };
}

/**
 * Draws the part that another image replaces, whole pixels with the image's aspect: it has `1 - share` of the area
 * before what lies outside the image is cut off, and its centre is uniform.
 */
function drawCut({ height: H, width: W }: Size, share: number, random: Random): Rectangle {
  const side = Math.sqrt(1 - share);
  const [top, bottom] = cutAlong(H, side, random);
  const [left, right] = cutAlong(W, side, random);
  return { top, left, height: bottom - top, width: right - left };
}

function cutAlong(extent: number, side: number, random: Random): [from: number, to: number] {
  const length = Math.floor(extent * side);
  const from = random.below(extent) - Math.floor(length / 2);
  return [Math.max(0, from), Math.min(extent, from + length)];
}

/** Mixes two images; the label's share is the share of the pixels, by CutMix the share of the area. */
export function mixedImage(one: LabelledPixels, other: LabelledPixels, mix: Mix): MixedImage {
  const { image, share } = mixedPixels(one.image, other.image, mix);
  return share >= 0.5
    ? { image, label: one.label, mixedLabel: other.label, mixedShare: 1 - share }
    : { image, label: other.label, mixedLabel: one.label, mixedShare: share };
}

/** The mixed pixels and the share of the first image in them. */
function mixedPixels(one: Image, other: Image, mix: Mix): { readonly image: Image; readonly share: number } {
  if (mix.kind === 'mixup') return { image: blended(one, other, mix.share), share: mix.share };
  const { height, width } = mix.rectangle;
  return { image: pasted(one, other, mix.rectangle), share: 1 - (height * width) / (one.height * one.width) };
}
