/** RandAugment: operations drawn at random, all with the same magnitude. Cubuk et al. (arXiv:1909.13719). */
import type { Random } from '#core/random';
import type { Image } from '#data/images/image-source';
import { type Operation, type OperationKind, operationKinds } from './operation.js';

export const scaleNames = ['torchvision', 'timm', 'timmIncreasing'] as const;
export type ScaleName = (typeof scaleNames)[number];

/** A recipe's `randAugment`. */
export interface RandAugment {
  /** Operations for each image, one after the other; the same one may be drawn again. */
  readonly operations: number;
  readonly magnitude: number;
  /** The library whose meaning of the magnitude applies. */
  readonly scale: ScaleName;
  /** Standard deviation of the magnitude, drawn for each operation; 0 if left out. */
  readonly spread?: number | undefined;
  /** Probability that a drawn operation applies; 1 if left out. */
  readonly probability?: number | undefined;
}

/**
 * The highest magnitude of each scale; the lowest is 0. timm and TensorFlow's Model Garden, whose scale is `timm` too,
 * also take magnitudes above 10.
 */
export const highestMagnitude: Readonly<Record<ScaleName, number>> = { torchvision: 30, timm: 20, timmIncreasing: 10 };

const usualMost = 10; // bound of a magnitude that is spread, as in timm

/** Draws the operations for one image of a size. */
export function drawOperations(
  { operations, magnitude, scale, spread, probability = 1 }: RandAugment,
  size: Pick<Image, 'height' | 'width'>,
  random: Random,
): Operation[] {
  const drawn = Array.from({ length: operations }, () => {
    if (probability < 1 && random.uniform() >= probability) return undefined;
    const kind = operationKinds[random.below(operationKinds.length)] as OperationKind;
    const sign = random.uniform() < 0.5 ? 1 : -1;
    const level = spread === undefined ? magnitude : magnitude + spread * random.normal();
    const within = Math.min(Math.max(usualMost, magnitude), Math.max(0, level));
    return operationAt(kind, scale, within, sign, size);
  });
  return drawn.filter((operation) => operation !== undefined);
}

/** The operation at a magnitude of a scale; `sign`, 1 or -1, is its direction if it has two. */
export function operationAt(
  kind: OperationKind,
  scale: ScaleName,
  magnitude: number,
  sign: number,
  { height, width }: Pick<Image, 'height' | 'width'>,
): Operation {
  const amount = amounts[scale];
  switch (kind) {
    case 'rotate':
      return { kind, degrees: sign * amount.degrees(magnitude) };
    case 'shearX':
    case 'shearY':
      return { kind, factor: sign * amount.shear(magnitude) };
    case 'translateX':
    case 'translateY':
      return { kind, pixels: amount.pixels(magnitude, sign, kind === 'translateX' ? width : height) };
    case 'color':
    case 'contrast':
    case 'brightness':
    case 'sharpness':
      return { kind, factor: amount.factor(magnitude, sign) };
    case 'posterize':
      return { kind, bits: amount.bits(magnitude) };
    case 'solarize':
      return { kind, threshold: amount.threshold(magnitude) };
    default:
      return { kind };
  }
}

/** The meaning of magnitudes on a scale. */
interface Amounts {
  degrees(magnitude: number): number;
  shear(magnitude: number): number;
  factor(magnitude: number, sign: number): number;
  bits(magnitude: number): number;
  threshold(magnitude: number): number;
  /** Whole pixels along an axis of `extent` pixels. */
  pixels(magnitude: number, sign: number, extent: number): number;
}

/** torchvision 0.29.2, `RandAugment` with its 31 magnitudes, which it holds in float32. */
const torchvision: Amounts = {
  degrees: (magnitude) => magnitude,
  shear: (magnitude) => Math.fround((0.3 * magnitude) / 30),
  factor: (magnitude, sign) => 1 + sign * Math.fround((0.9 * magnitude) / 30),
  bits: (magnitude) => 8 - Math.round((4 * magnitude) / 30),
  threshold: (magnitude) => Math.fround(255 - (255 * magnitude) / 30),
  pixels: (magnitude, sign, extent) => sign * Math.trunc(Math.fround(((150 / 331) * extent * magnitude) / 30)),
};

/**
 * timm 1.0.31, `rand-m9`: posterize and solarize weaken as the magnitude grows, and 5 is the neutral factor. Where timm
 * would keep 0 bits, 1 is kept.
 */
const timm: Amounts = {
  degrees: (magnitude) => (magnitude / 10) * 30,
  shear: (magnitude) => (magnitude / 10) * 0.3,
  factor: (magnitude) => (magnitude / 10) * 1.8 + 0.1,
  bits: (magnitude) => Math.max(1, Math.trunc((magnitude / 10) * 4)),
  threshold: (magnitude) => Math.trunc((magnitude / 10) * 256),
  pixels: (magnitude, sign, extent) => -Math.floor(sign * (magnitude / 10) * 0.45 * extent + 0.5),
};

const amounts: Readonly<Record<ScaleName, Amounts>> = {
  torchvision,
  timm,
  /** `rand-m9-inc1`: all operations strengthen as the magnitude grows. */
  timmIncreasing: {
    ...timm,
    factor: (magnitude, sign) => Math.max(0.1, 1 + sign * (magnitude / 10) * 0.9),
    bits: (magnitude) => Math.max(1, 4 - Math.trunc((magnitude / 10) * 4)),
    threshold: (magnitude) => 256 - Math.trunc((magnitude / 10) * 256),
  },
};
