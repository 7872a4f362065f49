import { describe, expect, it } from 'vitest';
import { attribute, backend, floatT, openBackend } from '../../src/nn/backend.js';
import { isFastFilterGradient, kernelPair } from '../../src/nn/kernels.js';

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

  it('leaves nothing alive after the trial', () => {
    for (const op of [
      'MatMul',
      'Conv2D',
      'Conv2DBackpropInput',
      'Conv2DBackpropFilter',
      'FusedBatchNormV3',
      'FusedBatchNormGradV3',
    ]) {
      const before = backend().tensorsAlive();
      kernelPair(op, []).fast();
      expect(backend().tensorsAlive(), op).toBe(before);
    }
  });
});

describe('the filter gradient of a depthwise convolution', () => {
  it("is oneDNN's only for kernels up to 3x3 on maps of at least 4x4", () => {
    const cases = [
      [3, 4, 4],
      [3, 14, 7],
      [3, 3, 8],
      [3, 8, 2],
      [5, 14, 14],
    ] as const;
    expect(cases.map(([k, h, w]) => isFastFilterGradient(k, [8, h, w, 16]))).toEqual([true, true, false, false, false]);
  });
});
