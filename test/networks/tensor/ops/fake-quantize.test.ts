import { describe, expect, it } from 'vitest';
import { fakeQuantizedKernel, fakeQuantizer } from '#networks/tensor/ops/fake-quantize';
import { expressible, parametersFor, quantizedWeights, requantized } from '#tasks/export/int8/parameters';
import { expectClose, normals, onTape } from '#test/networks/tensor/op-check';

describe('fake quantization', () => {
  const parameters = parametersFor({ min: -1.3, max: 0.9 });
  const range = expressible(parameters);
  const x = normals('x', 4, 50);
  const dy = normals('dy', 4, 50).values;
  const found = onTape(fakeQuantizer(range), [x], dy);

  it('rounds values to those that int8 stands for', () => {
    expectClose(found.values, requantized(x.values, parameters), 1e-6);
  });

  it('passes the gradient of values within the range, and none beyond', () => {
    const isWithin = (value: number) => value >= range.min && value <= range.max;
    expect(x.values.some((value) => !isWithin(value))).toBe(true);
    expect(found.gradients[0]).toEqual(dy.map((slope, i) => slope * Number(isWithin(x.values[i]!))));
  });
});

describe('fake quantization of a kernel', () => {
  it.each([
    ['dense', [3, 3, 4, 5], 5],
    ['of a product', [6, 5], 5],
    ['depthwise', [3, 3, 5, 1], 5],
  ] as const)('that is %s has the weights of the integers and passes all gradients', (_, shape, channels) => {
    const kernel = normals('kernel', ...shape);
    for (let i = 2; i < kernel.values.length; i += channels) kernel.values[i] = 0; // a channel of zeros
    const dy = normals('dy', ...shape).values;
    const found = onTape(fakeQuantizedKernel, [kernel], dy);
    const { values, scales } = quantizedWeights(kernel.values, new Float32Array(channels), 1);
    expectClose(
      found.values,
      Float32Array.from(values, (q, i) => q * scales[i % channels]!),
      1e-6,
    );
    expect(found.shape).toEqual(shape);
    expect(found.gradients[0]).toEqual(dy);
  });
});
