/** Names of a batch norm's tensors: the layer's name, then the part. */

export type BatchNormPart = 'gamma' | 'beta' | 'mean' | 'variance';

/** Name of one part of a layer's batch norm: `head.conv.bn.mean`. */
export function batchNormName(layer: string, part: BatchNormPart): string {
  return `${layer}.${part}`;
}

/** Layer whose batch norm has this tensor as the given part; undefined for every other tensor. */
export function layerWith(part: BatchNormPart, name: string): string | undefined {
  return name.endsWith(`.${part}`) ? name.slice(0, -part.length - 1) : undefined;
}
