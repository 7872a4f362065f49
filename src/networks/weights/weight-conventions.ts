/**
 * Conventions of other projects: a network's frame must state them so that their weights give the same outputs here.
 */
import type { LayerConventions } from '#networks/space/space';

export const weightConventions = {
  /** PyTorch's defaults, which timm's own weights and torchvision's use. */
  timm: { padding: 'symmetric', batchNormEpsilon: 1e-5 },
  /** Google's releases, including those that timm calls `tf_…`; our default. */
  tensorflow: { padding: 'same', batchNormEpsilon: 1e-3 },
} as const satisfies Readonly<Record<string, Pick<LayerConventions, 'padding' | 'batchNormEpsilon'>>>;

export type WeightConvention = keyof typeof weightConventions;

export const weightConventionNames = ['timm', 'tensorflow'] as const satisfies WeightConvention[];

/** A convention in words: `timm: padding symmetric, epsilon 0.00001`. */
export function conventionText(name: WeightConvention): string {
  const { padding, batchNormEpsilon } = weightConventions[name];
  return `${name}: padding ${padding}, epsilon ${batchNormEpsilon}`;
}
