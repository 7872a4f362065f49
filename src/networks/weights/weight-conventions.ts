/** How others train: what a network's frame must say so that their weights compute with us what they do there. */
import type { LayerConventions } from '#networks/space/space';

export const weightConventions = {
  /** PyTorch's defaults, as timm's own weights and torchvision's have them. */
  timm: { padding: 'symmetric', batchNormEpsilon: 1e-5 },
  /** Google's releases, those too that timm calls `tf_…`; ours. */
  tensorflow: { padding: 'same', batchNormEpsilon: 1e-3 },
} as const satisfies Readonly<Record<string, Pick<LayerConventions, 'padding' | 'batchNormEpsilon'>>>;

export type WeightConvention = keyof typeof weightConventions;

export const weightConventionNames = ['timm', 'tensorflow'] as const satisfies WeightConvention[];

/** `timm: padding symmetric, epsilon 0.00001`. */
export function conventionText(name: WeightConvention): string {
  const { padding, batchNormEpsilon } = weightConventions[name];
  return `${name}: padding ${padding}, epsilon ${batchNormEpsilon}`;
}
