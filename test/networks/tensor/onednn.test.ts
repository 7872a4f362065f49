import { describe, expect, it } from 'vitest';
import { attribute, backend, floatT, openBackend } from '#networks/tensor/backend';
import { kernelPair } from '#networks/tensor/onednn';

openBackend({ threads: 1 });

const convolution = [floatT, attribute.int('strides', [1, 1, 1, 1]), attribute.text('padding', 'SAME')];

describe('a pair of kernels', () => {
  it('is the public op, and oneDNN under its private name where that was tried and agrees', () => {
    const pair = kernelPair('DepthwiseConv2dNative', convolution);
    expect(pair.public).toEqual({ op: 'DepthwiseConv2dNative', attributes: convolution });
    const oneDnn = {
      op: '_MklNativeDepthwiseConv2dNative',
      attributes: [...convolution, attribute.text('_kernel', 'MklNameChangeOp')],
    };
    expect([pair.public, oneDnn]).toContainEqual(pair.fast());
  });

  it.each(['MatMul', 'Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'])(
    'is the public op alone for %s, whose oneDNN kernel corrupts the heap',
    (op) => expect(kernelPair(op, convolution).fast()).toEqual({ op, attributes: convolution }),
  );

  it('leaves nothing alive after the trial', () => {
    for (const op of ['Conv2D', 'Conv2DBackpropInput', 'FusedBatchNormV3', 'FusedBatchNormGradV3']) {
      const before = backend().tensorsAlive();
      kernelPair(op, []).fast();
      expect(backend().tensorsAlive(), op).toBe(before);
    }
  });
});
