/** A closed network as its list of layers, from which all costs are computed. */
import { assertNever } from '#core/assert-never';
import type { BlockSpec } from '#networks/space/block';
import { inputShape } from '#networks/space/resolution';
import type { Architecture, Head, LayerConventions } from '#networks/space/space';
import { attentionLayers } from './attention.js';
import { convLayers } from './conv.js';
import { dwSepLayers } from './dw-sep.js';
import { fusedIbLayers } from './fused-ib.js';
import { invertedResidualLayers } from './inverted-residual.js';
import { biased, conv, fullyConnected, type Layer, type MapShape, normalised, pointwise, pool } from './layer.js';
import { uibLayers } from './uib.js';

/** The layers of a network at its resolution, from the stem to the classifier. */
export function layersOf(network: Architecture): Layer[] {
  const layers: Layer[] = [];
  let shape: MapShape = inputShape(network.input);
  for (const [s, { blocks }] of network.stages.entries()) {
    for (const [b, block] of blocks.entries()) {
      layers.push(...blockLayers(block, shape, `stages[${s}].blocks[${b}]`, network));
      shape = outputOf(layers, shape);
    }
  }
  return [...layers, ...headLayers(network.head, network.classes, shape)];
}

/** The output shape of consecutive layers; that of the input if there are none. */
export function outputOf(layers: readonly Layer[], input: MapShape): MapShape {
  return layers.at(-1)?.output ?? input;
}

/** Conventions that a block's layers depend on in addition to its spec. */
export type CountedConventions = Pick<LayerConventions, 'layerScale'>;

export function blockLayers(
  block: BlockSpec,
  input: MapShape,
  name: string,
  { layerScale }: CountedConventions = { layerScale: false },
): Layer[] {
  switch (block.kind) {
    case 'conv':
      return convLayers(block, input, name);
    case 'fusedIb':
      return fusedIbLayers(block, input, name);
    case 'uib':
      return uibLayers(block, input, name, layerScale);
    case 'mqa':
    case 'mha':
      return attentionLayers(block, input, name, layerScale);
    case 'dwSep':
      return dwSepLayers(block, input, name);
    case 'invertedResidual':
      return invertedResidualLayers(block, input, name);
    default:
      return assertNever(block);
  }
}

export function headLayers({ conv: channels, hidden, hiddenNorm }: Head, classes: number, input: MapShape): Layer[] {
  const layers: Layer[] = [];
  const add = (layer: Layer) => layers.push(layer);
  const [height, width] = input;
  if (channels > 0) add(conv('head.conv', 1, input, [height, width, channels]));
  add(pool('head.pool', outputOf(layers, input)));
  const values = hiddenNorm ? normalised(hidden) : biased(hidden);
  if (hidden > 0) add(pointwise('head.hidden', outputOf(layers, input), hidden, values));
  add(fullyConnected('head.fc', outputOf(layers, input), classes));
  return layers;
}
