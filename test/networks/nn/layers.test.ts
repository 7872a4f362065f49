import { describe, expect, it } from 'vitest';
import { convLayer, depthwiseLayer, pointwiseLayer } from '#networks/nn/layers';
import type { KernelSizes } from '#networks/nn/mixed-block';
import type { Forward } from '#networks/nn/network';
import { expectClose } from '#test/networks/tensor/op-check';
import { conventions, randomBatch, randomModel } from './fixtures.js';

const frame = { ...conventions, input: { resolution: 7, channels: 3 }, classes: 2 } as const;
const batch = randomBatch(frame, 3);

const layers = {
  'a depthwise layer':
    (kernels: KernelSizes, stride: number): Forward =>
    (pass, x) =>
      depthwiseLayer(pass, 'it', x, { kernels, stride, activation: 'relu' }),
  'a convolution':
    (kernels: KernelSizes, stride: number): Forward =>
    (pass, x) =>
      convLayer(pass, 'it', x, { kernels, stride, out: 4, activation: 'relu' }),
};

describe.each(Object.entries(layers))('%s with several kernels', (name, layer) => {
  it.each([1, 2])(
    'and stride %i is the mean of its layers with one each, a kernel of 0 being the identity',
    (stride) => {
      const kernels = name === 'a depthwise layer' && stride === 1 ? [0, 3, 5] : [3, 5];
      const model = randomModel(frame, layer(kernels, stride));
      const single = kernels.map((k) => model.logits(layer(k, stride), batch));
      const mean = single[0]!.map((_, i) => single.reduce((sum, values) => sum + values[i]!, 0) / kernels.length);
      expectClose(model.logits(layer(kernels, stride), batch), mean, 1e-6);
      expectClose(model.logits(layer([3], stride), batch), single[kernels.indexOf(3)]!, 1e-9);
      model.dispose();
    },
  );
});

describe('a layer', () => {
  it('without its activation has negative values, with it the same or 0', () => {
    const layer =
      (activation: 'relu' | 'none'): Forward =>
      (pass, x) =>
        pointwiseLayer(pass, 'it', x, { out: 4, activation });
    const model = randomModel(frame, layer('relu'));
    const plain = model.logits(layer('none'), batch);
    expect(Math.min(...plain)).toBeLessThan(-0.1);
    const expected = plain.map((value) => Math.max(0, value));
    expectClose(model.logits(layer('relu'), batch), expected, 1e-6); // the fused kernel may round otherwise
    model.dispose();
  });

  it('of a depthwise kernel of 0 is its input itself', () => {
    const model = randomModel(frame, layers['a depthwise layer'](3, 1));
    const pixels = model.logits((_, images) => images, batch);
    expect(model.logits(layers['a depthwise layer'](0, 1), batch)).toEqual(pixels);
    model.dispose();
  });
});
