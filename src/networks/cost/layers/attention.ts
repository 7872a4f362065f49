/** Layers of an attention block, in the order of `AttentionSpec`. */
import { type AttentionSpec, isResidual, strided } from '#networks/space/block';
import {
  adding,
  depthwise,
  holding,
  type Layer,
  type MapShape,
  pointwise,
  product,
  scaled,
  size,
  softmax,
} from './layer.js';

/**
 * Returns the layers of an attention block. The input's batch norm folds into the layers that read it; its gamma and
 * beta count with the queries. Keys and values are read once for all heads that share them.
 *
 * @param layerScale  true if the output's channels have scales
 */
export function attentionLayers(block: AttentionSpec, input: MapShape, name: string, layerScale: boolean): Layer[] {
  const [height, width, channels] = input;
  const { heads, keyDim, valueDim, kvStride, out } = block;
  const kvHeads = block.kind === 'mqa' ? 1 : heads;
  const seen: MapShape = [strided(height, kvStride), strided(width, kvStride), channels];
  const places = seen[0] * seen[1];
  const wide = (dim: number): MapShape => [height, width, heads * dim];
  const [kept, queries] = [isResidual(channels, block) ? size(input) : 0, size(wide(keyDim))];
  const [keys, values] = [places * kvHeads * keyDim, places * kvHeads * valueDim];
  const side = (of: string, dim: number) =>
    kvStride === 1
      ? [pointwise(of, input, dim, { trained: 0, kept: dim })]
      : [depthwise(`${of}.down`, 3, input, seen), pointwise(of, seen, dim, bare)];
  const summed = pointwise(`${name}.output`, wide(valueDim), out, bare);
  const output = layerScale ? scaled(summed) : summed;
  return [
    pointwise(`${name}.query`, input, heads * keyDim, { trained: 2 * channels, kept: heads * keyDim }),
    ...whileHolding(side(`${name}.key`, kvHeads * keyDim), queries, size(input)),
    ...whileHolding(side(`${name}.value`, kvHeads * valueDim), queries + keys, kept),
    holding(product(`${name}.scores`, wide(keyDim), wide(places), keyDim, keys), values + kept),
    holding(softmax(`${name}.softmax`, wide(places)), values + kept),
    holding(product(`${name}.context`, wide(places), wide(valueDim), places, values), kept),
    isResidual(channels, block) ? adding(output) : output,
  ];
}

/**
 * The layers of the keys or the values, with the values that they hold.
 *
 * @param others  held by all: the results of the other sides
 * @param input   the block's input, kept while later layers need it; held by all layers but the first, which reads it
 */
function whileHolding(layers: readonly Layer[], others: number, input: number): Layer[] {
  return layers.map((layer, i) => holding(layer, i === 0 ? others : others + input));
}

const bare = { trained: 0, kept: 0 };
