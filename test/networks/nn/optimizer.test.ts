import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FlatVariable } from '#networks/nn/flat-variable';
import { createOptimizer, type OptimizerSpec } from '#networks/nn/optimizer';
import { layoutOf } from '#networks/nn/weight-layout';
import { backend, dispose } from '#networks/tensor/backend';
import { create, expectClose } from '#test/networks/tensor/op-check';

const layout = layoutOf([
  { name: 'kernel', shape: [2, 1], initializer: 'he' },
  { name: 'beta', shape: [2], initializer: 'zero' },
]);
const start = [0.5, -1, 2, 0.1];
/** The gradient of each step; at the third nothing is in use, at the fourth one weight. */
const gradients = [
  [1, -2, 0.5, 0],
  [0.3, 0.1, -4, 0],
  [0, 0, 0, 0],
  [0, 5, 0, 0],
  [0.1, 0.1, 0.1, 0.1],
];
const rates = [0.1, 0.2, 0.05, 0.1, 0.01];

/** The weights and the named slots after each step. */
function trajectory(spec: OptimizerSpec) {
  const weights = new FlatVariable(Float32Array.from(start));
  const optimizer = createOptimizer(spec, layout);
  const states = gradients.map((values, step) => {
    const gradient = create({ shape: [4], values: Float32Array.from(values) });
    optimizer.apply(weights, gradient, rates[step] as number, step);
    dispose(gradient);
    const slots = [...optimizer.slots].map(([name, slot]) => [name, slot.values()] as const);
    return { weights: weights.values(), ...Object.fromEntries(slots) } as Record<string, Float32Array>;
  });
  optimizer.dispose();
  weights.dispose();
  return states;
}

describe('RMSProp', () => {
  const spec = { kind: 'rmsProp', decay: 0.9, momentum: 0.8, epsilon: 1 } as const;

  it('follows ms = .9 ms + .1 g², mom = .8 mom + lr g / sqrt(ms + epsilon), w = w - mom, from ms = 1, for every weight at every step', () => {
    const [w, ms, mom] = [[...start], [1, 1, 1, 1], [0, 0, 0, 0]] as [number[], number[], number[]];
    for (const [step, found] of trajectory(spec).entries()) {
      for (const [i, g] of (gradients[step] as number[]).entries()) {
        ms[i] = 0.9 * ms[i]! + 0.1 * g * g;
        mom[i] = 0.8 * mom[i]! + (rates[step]! * g) / Math.sqrt(ms[i]! + 1);
        w[i]! -= mom[i]!;
      }
      expectClose(found['weights']!, Float32Array.from(w), 1e-6);
      expectClose(found['meanSquare']!, Float32Array.from(ms), 1e-6);
      expectClose(found['momentum']!, Float32Array.from(mom), 1e-6);
    }
  });

  it('moves a weight that a step did not use by its momentum, while its slots decay', () => {
    const [, before, after] = trajectory(spec);
    for (const i of [0, 1, 2]) {
      expect(after!['momentum']![i]).toBeCloseTo(0.8 * before!['momentum']![i]!, 6);
      expect(after!['weights']![i]).toBeCloseTo(before!['weights']![i]! - 0.8 * before!['momentum']![i]!, 6);
      expect(after!['meanSquare']![i]).toBeCloseTo(0.9 * before!['meanSquare']![i]!, 6);
    }
  });

  it('leaves a weight that was never used where it is', () => {
    for (const { weights } of trajectory(spec).slice(0, 4)) expect(weights![3]).toBe(Math.fround(0.1));
  });
});

describe('AdamW', () => {
  const spec = { kind: 'adamW', beta1: 0.9, beta2: 0.99, weightDecay: 0.3 } as const;

  it('follows w = w - lr decay w for kernels alone, then Adam with its bias corrections', () => {
    const [w, m, v] = [[...start], [0, 0, 0, 0], [0, 0, 0, 0]] as [number[], number[], number[]];
    for (const [step, found] of trajectory(spec).entries()) {
      const lr = rates[step]!;
      for (const [i, g] of (gradients[step] as number[]).entries()) {
        if (i < 2) w[i]! -= lr * 0.3 * w[i]!;
        m[i] = 0.9 * m[i]! + 0.1 * g;
        v[i] = 0.99 * v[i]! + 0.01 * g * g;
        const rate = (lr * Math.sqrt(1 - 0.99 ** (step + 1))) / (1 - 0.9 ** (step + 1));
        w[i]! -= (rate * m[i]!) / (Math.sqrt(v[i]!) + 1e-7);
      }
      expectClose(found['weights']!, Float32Array.from(w), 3e-6);
      expectClose(found['first']!, Float32Array.from(m), 1e-6);
      expectClose(found['second']!, Float32Array.from(v), 1e-6);
    }
  });

  it('makes a first step of one learning rate against the sign of the gradient', () => {
    const [first] = trajectory({ ...spec, weightDecay: 0 });
    expectClose(first!['weights']!, Float32Array.of(0.4, -0.9, 1.9, 0.1), 1e-5);
  });
});

describe.each([
  { kind: 'rmsProp', decay: 0.9, momentum: 0.8, epsilon: 1 },
  { kind: 'adamW', beta1: 0.9, beta2: 0.99, weightDecay: 0.3 },
] satisfies OptimizerSpec[])('the optimizer $kind', (spec) => {
  it('leaves nothing alive after its disposal', () => {
    trajectory(spec);
    const before = backend().tensorsAlive();
    trajectory(spec);
    expect(backend().tensorsAlive()).toBe(before);
  });
});

describe.each<[string, OptimizerSpec]>([
  ['RMSProp', { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1e-3 }],
  ['AdamW', { kind: 'adamW', beta1: 0.9, beta2: 0.999, weightDecay: 0.05 }],
])('our kernel for %s', (_, spec) => {
  const many = layoutOf([
    { name: 'kernel', shape: [501, 307], initializer: 'he' },
    { name: 'beta', shape: [1001], initializer: 'zero' },
  ]);
  const run = (kernels: string) => {
    const script = fileURLToPath(new URL('optimizer-steps.mjs', import.meta.url));
    const env = { ...process.env, MNV4_KERNELS: kernels };
    return execFileSync(process.execPath, [script, JSON.stringify({ spec, specs: [...many.specs.values()] })], {
      env,
      encoding: 'utf8',
    });
  };

  it("has the bits of TensorFlow's ops, for any length and number of threads", () => {
    expect(run('our own')).toBe(run('tensorflow'));
  });
});
