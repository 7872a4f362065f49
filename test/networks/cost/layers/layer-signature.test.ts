import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer } from '#networks/cost/layers/layer';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { blockLayers, layersOf } from '#networks/cost/layers/layers-of';
import { readNetwork } from '#networks/space/parse';
import { close } from '#networks/space/space';
import { findSpace, shippedNames } from '#networks/zoo/shipped';
import { decisionsOf, randomSpace } from '#test/networks/space/random-space';

const layersOfAll = shippedNames('search-spaces/zoo').flatMap((name) => layersOf(readNetwork(findSpace(name))));

/** The fields of a layer that its signature must determine. */
function load({ kind, input, output, macs, weights, activations }: Layer): object {
  return { kind, input, output, macs, weights, activations };
}

describe('the signature of a layer', () => {
  it('names its kind, window and shapes', () => {
    const layers = layersOf(readNetwork(findSpace('mnv4-conv-s')));
    const of = (name: string) => layerSignature(layers.find((layer) => layer.name === name)!);
    expect(of('stages[0].blocks[0]')).toBe('conv 3x3/2 224x224x3>112x112x32');
    expect(of('stages[3].blocks[0].start')).toBe('depthwise 5x5/1 28x28x64>28x28x64');
    expect(of('stages[3].blocks[0].mid')).toBe('depthwise 5x5/2 28x28x192>14x14x192');
    expect(of('stages[3].blocks[1].project')).toBe('pointwise 14x14x192>14x14x96 +18816');
    expect(of('head.pool')).toBe('pool 7x7x960>1x1x960');
    expect(of('head.fc')).toBe('fc 1x1x1280>1x1x1000');
  });

  it('shows the stride on a map of one row', () => {
    const block = { kind: 'conv', kernel: 3, stride: 2, out: 8 } as const;
    expect(blockLayers(block, [1, 5, 4], 'it').map(layerSignature)).toEqual(['conv 3x3/2 1x5x4>1x3x8']);
  });

  it('determines all that its cost depends on', () => {
    const known = new Map(layersOfAll.map((layer) => [layerSignature(layer), load(layer)]));
    for (const layer of layersOfAll) expect(known.get(layerSignature(layer))).toEqual(load(layer));
    const networks = randomSpace.chain((space) => decisionsOf(space).map((decisions) => close(space, decisions)));
    fc.assert(
      fc.property(networks, (network) => {
        for (const layer of layersOf(network)) {
          const signature = layerSignature(layer);
          expect(known.get(signature) ?? load(layer)).toEqual(load(layer));
          known.set(signature, load(layer));
        }
      }),
      { numRuns: 60 },
    );
  });
});
