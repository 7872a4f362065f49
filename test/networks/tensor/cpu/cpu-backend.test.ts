import { createRequire } from 'node:module';
import { describe, expect, it, vi } from 'vitest';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import { attribute, type Backend, dataType, floatT, type Tensor } from '#networks/tensor/backend';
import { CpuBackend } from '#networks/tensor/cpu/cpu-backend';

const plain = [floatT];

describe('the plain JavaScript backend', () => {
  const plainJs = new CpuBackend();
  const create = (shape: readonly number[], ...values: number[]) => plainJs.create(Float32Array.from(values), shape);

  it('computes without the native addon', () => {
    const inputs = [create([2, 2], 1, 2, 3, 4), create([2, 1], 5, 6)];
    const [product] = plainJs.run('MatMul', plain, inputs, 1) as [Tensor];
    expect(product).toMatchObject({ shape: [2, 1], dtype: dataType.float32 });
    expect(plainJs.read(product)).toEqual(Float32Array.of(17, 39));
    for (const tensor of [...inputs, product]) plainJs.dispose(tensor);
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    expect(loaded.some((file) => file.includes('@tensorflow/tfjs-backend-cpu/'))).toBe(true);
    expect(loaded.filter((file) => file.includes('tfjs-node') || file.endsWith('.node'))).toEqual([]);
  });

  it('gives back what it was given, as copies', () => {
    for (const values of [Float32Array.of(0.5, -1), Int32Array.of(-1, 2), Uint8Array.of(3, 255)]) {
      const given = values.slice();
      const tensor = plainJs.create(given, [2]);
      given.fill(8);
      plainJs.read(tensor).fill(9);
      expect(plainJs.read(tensor)).toEqual(values);
      plainJs.dispose(tensor);
    }
  });

  it('refuses by name an op and an attribute that it lacks and shapes that do not fit, and then holds nothing more', () => {
    const before = plainJs.tensorsAlive();
    const [image, filter] = [create([1, 2, 2, 1], 1, 2, 3, 4), create([1, 1, 1, 1], 2)];
    const { memory } = createRequire(import.meta.url)('@tensorflow/tfjs-core');
    const inTfjs = memory().numTensors;
    const moving = [attribute.int('strides', [1, 1, 1, 1]), attribute.text('padding', 'SAME')];
    const dilated = [floatT, ...moving, attribute.int('dilations', [1, 2, 2, 1])];
    expect(() => plainJs.run('Neg', plain, [image], 1)).toThrow('Neg: the plain JavaScript backend has no such op');
    expect(() => plainJs.run('Conv2D', dilated, [image, filter], 1)).toThrow(/^Conv2D\(.*knows no attribute dilations/);
    expect(() => plainJs.run('AddN', plain, [image, filter], 1)).toThrow(
      /^AddN\(\[1,2,2,1\], \[1,1,1,1\]\): .*same shape/,
    );
    expect(() => plainJs.run('Relu', plain, [image], 2)).toThrow(/^Relu\(.*expected 2 outputs; got 1/);
    expect(memory().numTensors).toBe(inTfjs);
    plainJs.dispose(image);
    plainJs.dispose(filter);
    expect(() => plainJs.read(image)).toThrow('is not alive');
    expect(plainJs.tensorsAlive()).toBe(before);
  });

  it('draws uniform numbers that follow from shape and seed', () => {
    const draw = (...seed: number[]) => {
      const inputs = [Int32Array.of(100, 10), Int32Array.from(seed)].map((values) => plainJs.create(values, [2]));
      const [drawn] = plainJs.run('StatelessRandomUniform', plain, inputs, 1) as [Tensor];
      return plainJs.read(drawn) as Float32Array;
    };
    const drawn = draw(1, 2);
    expect(draw(1, 2)).toEqual(drawn);
    expect(draw(1, 3)).not.toEqual(drawn);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1);
    expect(drawn.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
  });
});

describe('beside native TensorFlow', () => {
  it.each([
    ['relu', { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 }],
    ['gelu', { kind: 'adamW', beta1: 0.9, beta2: 0.99, weightDecay: 0.1 }],
  ] satisfies [string, OptimizerSpec][])('a SuperNet of %s learns the same', async (activation, optimizer) => {
    const expected = await trained('tensorflow', activation, optimizer);
    const found = await trained('cpu', activation, optimizer);
    const { expectClose } = await import('#test/networks/tensor/op-check');
    expect(found.loss).toBeCloseTo(expected.loss, 4);
    for (const part of ['gradient', 'weights', 'logits', 'frozenLogits'] as const) {
      expectClose(found[part], expected[part], 1e-4);
    }
    expect(found.left).toBe(0);
  });
});

/** A step of a small SuperNet in modules of their own, whose backend this is. */
async function trained(backendName: Backend['name'], activation: string, optimizer: OptimizerSpec) {
  vi.resetModules();
  const { backend, dispose, openBackend, readFloats } = await import('#networks/tensor/backend');
  const { parseSpace } = await import('#networks/space/parse');
  const { superForward } = await import('#tasks/search/supernet/super-forward');
  const { SuperNet } = await import('#tasks/search/supernet/supernet');
  const { randomBatch } = await import('#test/networks/nn/fixtures');
  expect(openBackend({ backend: backendName, threads: 1 }).name).toBe(backendName);
  expect(() => openBackend({ backend: backendName === 'cpu' ? 'tensorflow' : 'cpu' })).toThrow('cannot change');
  const space = parseSpace('test.yaml', spaceText(activation));
  const selection = { decisions: [1, 1, 1, 0], allOn: [false, false, true, false] };
  const net = new SuperNet(space, { seed: 'seed', optimizer, l2: 1e-3 });
  const batch = randomBatch(space, 6);
  const step = async () => {
    const { loss, gradient } = net.model.gradient(superForward(space, selection), batch, { decay: 1e-3 });
    const values = readFloats(gradient);
    dispose(gradient);
    await net.trainStep([selection, { decisions: [0, 0, 0, 1] }], [batch, batch], 0, 0.1);
    const logits = net.logits(selection, batch);
    const frozenLogits = await net.withStatistics(selection, [batch], (logitsOf) => logitsOf(batch));
    return { loss, gradient: values, weights: net.model.weights.values(), logits, frozenLogits };
  };
  const result = await step();
  const before = backend().tensorsAlive();
  await step();
  const left = backend().tensorsAlive() - before;
  net.dispose();
  return { ...result, left };
}

function spaceText(activation: string): string {
  return `
name: test
input: { resolution: 8, channels: 2 }
classes: 4
activation: ${activation}
layerScale: true
stages:
  - out: [8, 16]
    blocks:
      - { kind: conv, kernel: 3, stride: 2 }
      - { kind: uib, startKernel: [0, 3], midKernel: [3, 5], expand: 2, optional: true }
      - { kind: mqa, heads: 2, keyDim: 4, kvStride: 2 }
      - { kind: invertedResidual, kernel: 3, expand: 2, squeeze: true, activation: hardSwish }
head: { conv: 24, hidden: 0 }
`;
}
