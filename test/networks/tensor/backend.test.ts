import { describe, expect, it } from 'vitest';
import {
  backend,
  dispose,
  floatConstant,
  floatT,
  intConstant,
  openBackend,
  run,
  zeros,
} from '#networks/tensor/backend';

openBackend({ threads: 1 });

describe('the backend', () => {
  it('gives back what it was given, in floats and in integers', () => {
    for (const values of [Float32Array.of(0.5, -1, 3, 4), Int32Array.of(-1, 2, 3, 4)]) {
      const tensor = backend().create(values, [2, 2]);
      expect(backend().read(tensor)).toEqual(values);
      expect(tensor.shape).toEqual([2, 2]);
      dispose(tensor);
    }
  });

  it('hands out copies: what is done to them does not reach the tensor', () => {
    const tensor = backend().create(Float32Array.of(1, 2), [2]);
    (backend().read(tensor) as Float32Array).fill(9);
    expect(backend().read(tensor)).toEqual(Float32Array.of(1, 2));
    dispose(tensor);
  });

  it('counts the tensors alive', () => {
    const before = backend().tensorsAlive();
    const tensor = backend().create(Float32Array.of(1), [1]);
    const negated = run('Neg', [floatT], tensor);
    expect(backend().tensorsAlive()).toBe(before + 2);
    dispose(tensor, negated);
    expect(backend().tensorsAlive()).toBe(before);
  });

  it('names the op and its shapes where TensorFlow refuses', () => {
    const [a, b] = [zeros([2, 3]), zeros([4, 5])];
    expect(() => run('MatMul', [floatT], a, b)).toThrow(/^MatMul\(\[2,3\], \[4,5\]\): .*Matrix size-incompatible/s);
  });

  it('makes a constant once', () => {
    intConstant([1, 2, 3]);
    const before = backend().tensorsAlive();
    expect(intConstant([1, 2, 3])).toBe(intConstant([1, 2, 3]));
    expect(intConstant([1, 2, 3, 4], [2, 2])).not.toBe(intConstant([1, 2, 3, 4]));
    expect(floatConstant(0.1)).toBe(floatConstant(0.1));
    expect(zeros([2, 3])).not.toBe(zeros([3, 2]));
    expect(backend().tensorsAlive()).toBeLessThanOrEqual(before + 5);
  });
});
