/**
 * The 14 operations of RandAugment as plain data, and their application: those of Cubuk et al., "RandAugment"
 * (arXiv:1909.13719), table 6, with the arithmetic that torchvision and timm use on Pillow images.
 */
import { assertNever } from '#core/assert-never';
import type { Image } from '#data/images/image-source';
import { rotated, shearedX, shearedY } from './affine.js';
import { brightened, colored, contrasted, sharpened } from './enhance.js';
import { autoContrasted, equalized, posterized, solarized } from './levels.js';
import { shifted } from './resample.js';

export const operationKinds = [
  'identity',
  'autoContrast',
  'equalize',
  'rotate',
  'solarize',
  'color',
  'posterize',
  'contrast',
  'brightness',
  'sharpness',
  'shearX',
  'shearY',
  'translateX',
  'translateY',
] as const;

export type OperationKind = (typeof operationKinds)[number];

export type Operation =
  | { readonly kind: 'identity' | 'autoContrast' | 'equalize' }
  /** Counter-clockwise. */
  | { readonly kind: 'rotate'; readonly degrees: number }
  /** Levels from the threshold upwards are inverted. */
  | { readonly kind: 'solarize'; readonly threshold: number }
  /** Bits kept of each level, 1 to 8. */
  | { readonly kind: 'posterize'; readonly bits: number }
  /** 1 leaves the image unchanged. */
  | { readonly kind: 'color' | 'contrast' | 'brightness' | 'sharpness'; readonly factor: number }
  /** Pixels to the left per row (X), or up per column (Y). */
  | { readonly kind: 'shearX' | 'shearY'; readonly factor: number }
  /** Whole pixels to the right (X) or down (Y). */
  | { readonly kind: 'translateX' | 'translateY'; readonly pixels: number };

/** The image after an operation, of the same shape: 1 or 3 channels, uncovered pixels 0. */
export function operated(image: Image, operation: Operation): Image {
  switch (operation.kind) {
    case 'identity':
      return image;
    case 'autoContrast':
      return autoContrasted(image);
    case 'equalize':
      return equalized(image);
    case 'rotate':
      return rotated(image, operation.degrees);
    case 'solarize':
      return solarized(image, operation.threshold);
    case 'posterize':
      return posterized(image, operation.bits);
    case 'color':
      return colored(image, operation.factor);
    case 'contrast':
      return contrasted(image, operation.factor);
    case 'brightness':
      return brightened(image, operation.factor);
    case 'sharpness':
      return sharpened(image, operation.factor);
    case 'shearX':
      return shearedX(image, operation.factor);
    case 'shearY':
      return shearedY(image, operation.factor);
    case 'translateX':
      return shifted(image, 0, operation.pixels);
    case 'translateY':
      return shifted(image, operation.pixels, 0);
    default:
      return assertNever(operation);
  }
}
