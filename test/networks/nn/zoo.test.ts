import { describe, expect, it } from 'vitest';
import { layersOf } from '#networks/cost/layers/layers-of';
import { Model } from '#networks/nn/model';
import { networkForward, weightLayout } from '#networks/nn/network';
import type { Architecture } from '#networks/space/space';
import { backend, dispose } from '#networks/tensor/backend';
import { namedNetwork } from '#networks/zoo/named-network';
import { shippedNames } from '#networks/zoo/shipped';
import { randomBatch, taken } from './fixtures.js';

/** Enough for every stride. */
const small = { resolution: 32, channels: 3 };

/** The same blocks with a quarter of the channels: a sixteenth of the weights, whose number another test checks in full. */
function narrowed(network: Architecture): Architecture {
  const quarter = (channels: number) => Math.ceil(channels / 4);
  const { stages, head } = network;
  return {
    ...network,
    stages: stages.map(({ blocks }) => ({ blocks: blocks.map((block) => ({ ...block, out: quarter(block.out) })) })),
    head: { ...head, conv: quarter(head.conv), hidden: quarter(head.hidden) },
  };
}

describe.each(shippedNames('search-spaces/zoo'))('the network %s', (name) => {
  const network = narrowed({ ...namedNetwork(name), input: small, classes: 10 });
  const forward = networkForward(network);

  it('has as many weights as its layers have parameters', () => {
    const layers = layersOf(namedNetwork(name));
    const whole = namedNetwork(name);
    const { size } = weightLayout({ ...whole, input: { ...whole.input, resolution: 64 } }, networkForward(whole));
    expect(size).toBe(layers.reduce((sum, { params }) => sum + params, 0));
  });

  it('runs narrowed forward and backward, all of its weights with a gradient, and leaves no tensor behind', () => {
    const model = new Model(network, weightLayout(network, forward), 'seed');
    const batch = randomBatch(network, 4);
    const step = () => taken(model.gradient(forward, batch).gradient, dispose);
    step();
    const before = backend().tensorsAlive();
    const gradient = step();
    expect(backend().tensorsAlive()).toBe(before);
    expect(gradient.every(Number.isFinite)).toBe(true);
    for (const { name, shape, offset } of model.layout.specs.values()) {
      const count = shape.reduce((n, extent) => n * extent, 1);
      expect(
        gradient.subarray(offset, offset + count).some((value) => value !== 0),
        name,
      ).toBe(true);
    }
    expect(model.logits(forward, batch)).toHaveLength(40);
    model.dispose();
  });
});
