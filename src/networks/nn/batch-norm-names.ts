/** Names of a batch norm's tensors: its layer's name, then which of the four it is. */

export type BatchNormPart = 'gamma' | 'beta' | 'mean' | 'variance';

/** The name of one of a layer's tensors: `head.conv.bn.mean`. */
export function batchNormName(layer: string, part: BatchNormPart): string {
  return `${layer}.${part}`;
}

/** The layer that has this tensor as that part of its batch norm; undefined for every other tensor. */
export function layerWith(part: BatchNormPart, name: string): string | undefined {
  return name.endsWith(`.${part}`) ? name.slice(0, -part.length - 1) : undefined;
}
