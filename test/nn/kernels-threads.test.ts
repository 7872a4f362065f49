import { describe, expect, it } from 'vitest';
import { attribute, floatT, openBackend } from '../../src/nn/backend.js';
import { kernelPair } from '../../src/nn/kernels.js';

openBackend({ threads: 2 });

describe('with two threads', () => {
  it('filter gradients are the public ones, since those of oneDNN corrupt the heap there', () => {
    const attributes = [floatT, attribute.int('strides', [1, 1, 1, 1]), attribute.text('padding', 'SAME')];
    for (const op of ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter']) {
      expect(kernelPair(op, attributes).fast()).toEqual({ op, attributes });
    }
  });
});
