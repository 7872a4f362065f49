import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBackend } from '#networks/tensor/backend';
import { hasCustomOps } from '#networks/tensor/custom-ops';
import { batchNorm, type ObservedStatistics } from '#networks/tensor/ops/batch-norm';
import { add, mean } from '#networks/tensor/ops/combine';
import { conv2d, depthwise, type WindowPadding, windowOf } from '#networks/tensor/ops/convolution';
import { fusedBatchNorm, fusedConvolution, fusedPointwise } from '#networks/tensor/ops/fused';
import { pointwise } from '#networks/tensor/ops/pointwise';
import { type Features, Tape, type Value } from '#networks/tensor/tape';
import { create, expectClose, expectLikeTfjs, expectSlopes, normals, onTape } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

openBackend({ threads: 2 });

const epsilon = 1e-3;

/** The ops under test; where there is no kernel of ours they answer undefined, and the test fails. */
const ours = {
  pointwise: (tape: Tape, x: Features, w: Value, gamma: Value, beta: Value, relu: boolean) =>
    fusedPointwise(tape, x, w, { gamma, beta, epsilon, relu }) as Features,
  convolution: (tape: Tape, x: Features, w: Value, [gamma, beta]: [Value, Value], how: Depthwise) => {
    const window = windowOf(x.tensor.shape, how.k, how.stride, how.padding);
    return fusedConvolution(tape, 'Convolution', x, w, how.stride, window, {
      gamma,
      beta,
      epsilon,
      relu: how.relu,
    }) as Features;
  },
  depthwise: (tape: Tape, x: Features, w: Value, [gamma, beta]: [Value, Value], how: Depthwise) => {
    const window = windowOf(x.tensor.shape, how.k, how.stride, how.padding);
    return fusedConvolution(tape, 'Depthwise', x, w, how.stride, window, {
      gamma,
      beta,
      epsilon,
      relu: how.relu,
    }) as Features;
  },
};

interface Depthwise {
  readonly k: number;
  readonly stride: number;
  readonly padding: WindowPadding;
  readonly relu: boolean;
}

/** Batch norm by the batch's own statistics, composed of elementary ops. */
function normalized(z: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, relu: boolean): tf.Tensor {
  const axes = z.shape.map((_, axis) => axis).slice(0, -1);
  const centred = z.sub(z.mean(axes, true));
  const y = centred.div(centred.square().mean(axes, true).add(1e-3).sqrt()).mul(gamma).add(beta);
  return relu ? y.relu() : y;
}

function matMul(x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return x
    .reshape([-1, x.shape.at(-1)!])
    .matMul(w as tf.Tensor2D)
    .reshape([...x.shape.slice(0, -1), w.shape[1]!]);
}

const depthwiseInTfjs = (x: tf.Tensor, w: tf.Tensor, { stride, padding }: Depthwise) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding === 'same' ? 'same' : 'valid');

const layer = (name: string, channels: number, ...kernel: number[]) => [
  normals(`${name} kernel`, ...kernel),
  normals(`${name} gamma`, channels),
  normals(`${name} beta`, channels),
];

const channels = fc.oneof(fc.integer({ min: 8, max: 20 }), fc.integer({ min: 16, max: 70 }));
const side = fc.integer({ min: 1, max: 9 });
const filter = fc.record({
  k: fc.constantFrom(3, 5),
  stride: fc.constantFrom(1, 2),
  padding: fc.constantFrom<WindowPadding>('same', 'valid'),
  relu: fc.boolean(),
});
const tolerance = 2e-4;

describe('our kernels', () => {
  it('are what this machine computes with', () => expect(hasCustomOps()).toBe(true));

  it('leave tensors of fewer than 8 channels, and other kernels than 3x3 and 5x5, to TensorFlow', () => {
    const tape = new Tape({ recording: false });
    const value = (...shape: number[]) => tape.adopt(create(normals('it', ...shape)));
    const norm = { gamma: value(16), beta: value(16), epsilon, relu: true };
    expect(fusedPointwise(tape, value(4, 16), value(16, 7), norm)).toBeUndefined();
    const x = value(2, 9, 9, 16);
    expect(
      fusedConvolution(tape, 'Depthwise', x, value(7, 7, 16, 1), 1, windowOf(x.tensor.shape, 7, 1, 'same'), norm),
    ).toBeUndefined();
    tape.dispose();
  });
});

describe('a pointwise layer in one kernel', () => {
  it('has the value and gradients of TensorFlow.js, for any sizes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 300 }), channels, channels, fc.boolean(), (rows, cin, cout, relu) => {
        expectLikeTfjs(
          (tape, x, w, gamma, beta) => ours.pointwise(tape, x!, w!, gamma!, beta!, relu),
          (x, w, gamma, beta) => normalized(matMul(x!, w!), gamma!, beta!, relu),
          [normals('x', rows, cin), ...layer('it', cout, cin, cout)],
          tolerance,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('has the slopes of central differences', () => {
    expectSlopes(
      (tape, x, w, gamma, beta) => ours.pointwise(tape, x!, w!, gamma!, beta!, false),
      [normals('x', 2, 3, 3, 16), ...layer('it', 17, 16, 17)],
    );
  });
});

describe('a dense convolution in one kernel', () => {
  const conv2dInTfjs = (x: tf.Tensor, w: tf.Tensor, { stride, padding }: Depthwise) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding === 'same' ? 'same' : 'valid');
  const kernels = fc.record({
    k: fc.constantFrom(1, 3, 5),
    stride: fc.constantFrom(1, 2),
    padding: fc.constantFrom<WindowPadding>('same', 'valid'),
    relu: fc.boolean(),
  });

  it('has the value and gradients of TensorFlow.js, for any kernel, stride, padding and size', () => {
    const inputs = fc.integer({ min: 8, max: 40 });
    fc.assert(
      fc.property(
        kernels,
        fc.integer({ min: 1, max: 3 }),
        side,
        side,
        inputs,
        channels,
        (how, batch, h, w, cin, cout) => {
          fc.pre(how.padding === 'same' ? batch * h * w > 3 : Math.min(h, w) >= how.k);
          expectLikeTfjs(
            (tape, x, kernel, gamma, beta) => ours.convolution(tape, x!, kernel!, [gamma!, beta!], how),
            (x, kernel, gamma, beta) => normalized(conv2dInTfjs(x!, kernel!, how), gamma!, beta!, how.relu),
            [normals('x', batch, h, w, cin), ...layer('it', cout, how.k, how.k, cin, cout)],
            tolerance,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives its kernel the same gradients where its input, images of few channels, wants none', () => {
    for (const [cin, k, stride] of [
      [1, 3, 2],
      [3, 3, 1],
      [3, 5, 2],
    ] as const) {
      const how: Depthwise = { k, stride, padding: 'same', relu: true };
      const images = normals('images', 3, 9, 8, cin);
      expectLikeTfjs(
        (tape, kernel, gamma, beta) =>
          ours.convolution(tape, tape.adopt(create(images)), kernel!, [gamma!, beta!], how),
        (kernel, gamma, beta) => {
          const x = tf.tensor(images.values, [...images.shape]);
          return normalized(conv2dInTfjs(x, kernel!, how), gamma!, beta!, true);
        },
        layer('stem', 24, k, k, cin, 24),
        tolerance,
      );
    }
  });

  it('has the slopes of central differences', () => {
    const how: Depthwise = { k: 3, stride: 2, padding: 'same', relu: false };
    expectSlopes(
      (tape, x, w, gamma, beta) => ours.convolution(tape, x!, w!, [gamma!, beta!], how),
      [normals('x', 2, 5, 4, 16), ...layer('it', 16, 3, 3, 16, 16)],
    );
  });

  it('reads features whose batch norm is deferred', () => {
    const how: Depthwise = { k: 3, stride: 2, padding: 'same', relu: true };
    expectLikeTfjs(
      (tape, ...inputs) => {
        const [x, w, g, b, w3, g3, b3] = inputs as Value[];
        return ours.convolution(tape, ours.pointwise(tape, x!, w!, g!, b!, true), w3!, [g3!, b3!], how);
      },
      (...inputs) => {
        const [x, w, g, b, w3, g3, b3] = inputs;
        const start = normalized(matMul(x!, w!), g!, b!, true);
        return normalized(conv2dInTfjs(start, w3!, how), g3!, b3!, true);
      },
      [normals('x', 2, 7, 6, 16), ...layer('one', 20, 16, 20), ...layer('three', 33, 3, 3, 20, 33)],
      tolerance,
    );
  });
});

describe('a depthwise layer in one kernel', () => {
  it('has the value and gradients of TensorFlow.js, for any kernel, stride, padding and size', () => {
    fc.assert(
      fc.property(filter, fc.integer({ min: 1, max: 3 }), side, side, channels, (how, batch, height, width, c) => {
        fc.pre(how.padding === 'same' ? batch * height * width > 3 : Math.min(height, width) >= how.k);
        expectLikeTfjs(
          (tape, x, w, gamma, beta) => ours.depthwise(tape, x!, w!, [gamma!, beta!], how),
          (x, w, gamma, beta) => normalized(depthwiseInTfjs(x!, w!, how), gamma!, beta!, how.relu),
          [normals('x', batch, height, width, c), ...layer('it', c, how.k, how.k, c, 1)],
          tolerance,
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { k: 3, stride: 1, padding: 'same', relu: false },
    { k: 3, stride: 2, padding: 'valid', relu: false },
    { k: 5, stride: 1, padding: 'valid', relu: false },
    { k: 5, stride: 2, padding: 'same', relu: false },
  ] as const)('of $k x $k, stride $stride, $padding, has the slopes of central differences', (how) => {
    expectSlopes(
      (tape, x, w, gamma, beta) => ours.depthwise(tape, x!, w!, [gamma!, beta!], how),
      [normals('x', 2, 6, 7, 16), ...layer('it', 16, how.k, how.k, 16, 1)],
    );
  });
});

describe('layers one after another, each norm applied by its readers', () => {
  it('have the value and gradients of TensorFlow.js: an inverted bottleneck behind a stem, with its residual', () => {
    fc.assert(
      fc.property(filter, channels, channels, (any, narrow, wide) => {
        const how: Depthwise = { ...any, stride: 1, padding: 'same', relu: true };
        expectLikeTfjs(
          (tape, ...inputs) => {
            const [x, stem, g0, b0, expand, g1, b1, filter, g2, b2, project, g3, b3] = inputs as Value[];
            const start = fusedBatchNorm(tape, () => conv2d(tape, x!, stem!, 2), {
              gamma: g0!,
              beta: b0!,
              epsilon,
              relu: true,
            });
            const expanded = ours.pointwise(tape, start!, expand!, g1!, b1!, true);
            const filtered = ours.depthwise(tape, expanded, filter!, [g2!, b2!], how);
            return add(tape, ours.pointwise(tape, filtered, project!, g3!, b3!, false), start!);
          },
          (...inputs) => {
            const [x, stem, g0, b0, expand, g1, b1, filter, g2, b2, project, g3, b3] = inputs;
            const convolved = tf.conv2d(x as tf.Tensor4D, stem as tf.Tensor4D, 2, 'same');
            const start = normalized(convolved, g0!, b0!, true);
            const expanded = normalized(matMul(start, expand!), g1!, b1!, true);
            const filtered = normalized(depthwiseInTfjs(expanded, filter!, how), g2!, b2!, true);
            return normalized(matMul(filtered, project!), g3!, b3!, false).add(start);
          },
          [
            normals('x', 2, 9, 10, 3),
            ...layer('stem', narrow, 3, 3, 3, narrow),
            ...layer('expand', wide, narrow, wide),
            ...layer('filter', wide, how.k, how.k, wide, 1),
            ...layer('project', narrow, wide, narrow),
          ],
          1e-3,
        );
      }),
      { numRuns: 15 },
    );
  });

  it('have them where branches are averaged and a tensor is read twice', () => {
    const [c, k3, k5] = [
      20,
      { k: 3, stride: 1, padding: 'same', relu: false },
      { k: 5, stride: 1, padding: 'same', relu: true },
    ] as const;
    expectLikeTfjs(
      (tape, ...inputs) => {
        const [x, w, g, b, w3, g3, b3, w5, g5, b5] = inputs as Value[];
        const start = ours.pointwise(tape, x!, w!, g!, b!, true);
        const three = ours.depthwise(tape, start, w3!, [g3!, b3!], k3);
        const five = ours.depthwise(tape, start, w5!, [g5!, b5!], k5);
        return mean(tape, [start, three, five]);
      },
      (...inputs) => {
        const [x, w, g, b, w3, g3, b3, w5, g5, b5] = inputs;
        const start = normalized(matMul(x!, w!), g!, b!, true);
        const three = normalized(depthwiseInTfjs(start, w3!, k3), g3!, b3!, false);
        const five = normalized(depthwiseInTfjs(start, w5!, k5), g5!, b5!, true);
        return start.add(three).add(five).div(3);
      },
      [
        normals('x', 2, 5, 6, 18),
        ...layer('it', c, 18, c),
        ...layer('three', c, 3, 3, c, 1),
        ...layer('five', c, 5, 5, c, 1),
      ],
      5e-4,
    );
  });

  it('tell the statistics of the batch, and normalise with others, as the layers of TensorFlow', () => {
    const inputs = [normals('x', 3, 4, 5, 18), ...layer('it', 20, 18, 20)];
    const center = normals('mean', 20);
    const variance = { shape: [20], values: normals('variance', 20).values.map((value) => value * value) };
    const seen: ObservedStatistics[] = [];
    const observe = (batch: ObservedStatistics) => void seen.push(batch);
    const both = [true, false].map((fused) =>
      onTape((tape, x, kernel, gamma, beta) => {
        const frozen = { mean: create(center), variance: create(variance) };
        const linear = () => pointwise(tape, x!, kernel!);
        const norm = { gamma: gamma!, beta: beta!, epsilon, relu: true, frozen, observe };
        if (!fused) {
          batchNorm(tape, linear(), { ...norm, frozen: undefined });
          return batchNorm(tape, linear(), norm);
        }
        const one = fusedPointwise(tape, x!, kernel!, norm) as Features;
        return mean(tape, [one, fusedBatchNorm(tape, linear, norm) as Features]);
      }, inputs),
    );
    expectClose(both[0]!.values, both[1]!.values);
    for (const which of ['mean', 'variance'] as const) {
      expectClose(seen[0]![which], seen[2]![which], 1e-4);
      expectClose(seen[1]![which], seen[2]![which], 1e-4);
    }
  });

  it('pad as TensorFlow does', () => {
    expect(windowOf([1, 7, 8, 1], 3, 2, 'same')).toEqual({ before: [1, 0], out: [4, 4] });
    expect(windowOf([1, 7, 8, 1], 5, 1, 'valid')).toEqual({ before: [0, 0], out: [3, 4] });
  });
});

describe('a depthwise convolution of TensorFlow', () => {
  it('takes both paddings', () => {
    for (const [k, stride] of [
      [3, 1],
      [5, 2],
    ] as const) {
      expectLikeTfjs(
        (tape, x, w) => depthwise(tape, x!, w!, stride, 'valid'),
        (x, w) => depthwiseInTfjs(x!, w!, { k, stride, padding: 'valid', relu: false }),
        [normals('x', 2, 8, 9, 6), normals('w', k, k, 6, 1)],
      );
      expectLikeTfjs(
        (tape, x, w) => conv2d(tape, x!, w!, stride, 'valid'),
        (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'valid'),
        [normals('x', 2, 8, 9, 6), normals('w', k, k, 6, 7)],
      );
    }
  });
});
