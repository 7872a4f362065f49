import { expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { coveringNetworks } from '#networks/cost/covering-networks';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { layersOf } from '#networks/cost/layers/layers-of';
import { signaturesOf } from '#networks/cost/space-parts';
import { readSpace } from '#networks/space/parse';
import { close } from '#networks/space/space';
import { findSpace } from '#networks/zoo/shipped';

it.each(['tiny.coarse', 'tiny.hybrid', 'tiny.one-stage', 'mnv4-hybrid-m.coarse'])(
  'few architectures of %s have all of its layers, and no other',
  (name) => {
    const space = readSpace(findSpace(name));
    const found = coveringNetworks(space, randomStream('cover'));
    const signatures = found.flatMap((decisions) => layersOf(close(space, decisions)).map(layerSignature));
    expect(new Set(signatures)).toEqual(new Set(signaturesOf(space)));
    expect(found.length).toBeLessThan(signaturesOf(space).length);
  },
);
