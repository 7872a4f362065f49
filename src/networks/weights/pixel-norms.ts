/** Common pixel normalisations by name. */
import { Failure } from '#core/failure';
import type { NetworkInput } from '#networks/space/space';

type PixelNorm = Required<Pick<NetworkInput, 'mean' | 'std'>>;

const pixelNorms = {
  /** From -1 to 1; our default. */
  inception: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  /** With the means and deviations of ImageNet's channels, as in torchvision. */
  imagenet: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  /** From 0 to 1. */
  unit: { mean: [0, 0, 0], std: [1, 1, 1] },
} as const satisfies Readonly<Record<string, PixelNorm>>;

export type PixelNormName = keyof typeof pixelNorms;

export const pixelNormNames = ['inception', 'imagenet', 'unit'] as const satisfies PixelNormName[];

/** The input with the named normalisation of its pixels. */
export function withPixels(input: NetworkInput, name: PixelNormName): NetworkInput {
  if (input.channels !== 3) {
    throw new Failure('config', `pixels ${name}: expected a network of 3 channels; got ${input.channels}`);
  }
  return { ...input, ...pixelNorms[name] };
}
