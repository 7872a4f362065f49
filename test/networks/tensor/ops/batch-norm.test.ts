import fc from 'fast-check';
import { describe, it } from 'vitest';
import { dispose } from '#networks/tensor/backend';
import { batchNorm } from '#networks/tensor/ops/batch-norm';
import {
  create,
  expectClose,
  expectLikeTfjs,
  expectSlopes,
  normals,
  type Op,
  onTape,
} from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

const epsilon = 1e-3;
const activations = {
  none: (x) => x,
  relu: tf.relu,
} as const satisfies Record<string, (x: tf.Tensor) => tf.Tensor>;
type Behind = keyof typeof activations;
const names = ['none', 'relu'] as const;

const ours =
  (activation: Behind): Op =>
  (tape, x, gamma, beta) =>
    batchNorm(tape, x, { gamma, beta, epsilon, relu: activation === 'relu' });

/** Composed of elementary ops: moments over B, H, W of the batch itself. */
const theirs = (activation: Behind) => (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
  const centred = x.sub(x.mean([0, 1, 2], true));
  const variance = centred.square().mean([0, 1, 2], true);
  return activations[activation](centred.div(variance.add(epsilon).sqrt()).mul(gamma).add(beta));
};

const inputsOf = (b: number, h: number, w: number, c: number) => [
  normals('x', b, h, w, c),
  normals('gamma', c),
  normals('beta', c),
];

describe.each(names)('batch norm with activation %s', (activation) => {
  it('has the value and gradients of its composition in TensorFlow.js, for any sizes', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 6 }), size, size, size, (b, h, w, c) => {
        expectLikeTfjs(ours(activation), theirs(activation), inputsOf(b, h, w, c), 1e-4);
      }),
      { numRuns: 15 },
    );
  });

  it('agrees with it at the sizes of real networks', () => {
    for (const [side, channels] of [
      [14, 24],
      [7, 72],
      [4, 96],
      [1, 64],
    ] as const) {
      expectLikeTfjs(ours(activation), theirs(activation), inputsOf(8, side, side, channels), 1e-4);
    }
  });

  it('has the slopes of central differences', () => {
    expectSlopes(ours(activation), inputsOf(3, 4, 4, 3));
  });

  it('with given statistics is (x - mean) / sqrt(variance + .001) * gamma + beta, then the activation', () => {
    const [x, gamma, beta] = inputsOf(2, 3, 3, 4) as [Input, Input, Input];
    const mean = normals('mean', 4);
    const variance = { shape: [4], values: Float32Array.of(0.2, 1, 3, 7) };
    const by: Op = (tape, x, gamma, beta) => {
      const frozen = { mean: create(mean), variance: create(variance) };
      const y = batchNorm(tape, x, { gamma, beta, epsilon, relu: activation === 'relu', frozen });
      dispose(frozen.mean, frozen.variance);
      return y;
    };
    const tensor = ({ values, shape }: Input) => tf.tensor(values, [...shape]);
    const normal = tensor(x)
      .sub(tensor(mean))
      .div(tensor(variance).add(epsilon).sqrt())
      .mul(tensor(gamma))
      .add(tensor(beta));
    expectClose(onTape(by, [x, gamma, beta]).values, activations[activation](normal).dataSync() as Float32Array);
  });
});

type Input = ReturnType<typeof normals>;

describe("a batch norm's observer", () => {
  it('sees the mean and the unbiased variance of each channel: n / (n - 1) times the one normalised with', () => {
    const [b, h, w, c] = [2, 3, 2, 4];
    const inputs = inputsOf(b, h, w, c);
    const seen: Float32Array[] = [];
    const observed: Op = (tape, x, gamma, beta) =>
      batchNorm(tape, x, {
        gamma,
        beta,
        epsilon,
        relu: false,
        observe: ({ mean, variance }) => void seen.push(mean, variance),
      });
    onTape(observed, inputs);
    const n = b * h * w;
    const { mean, variance } = tf.moments(tf.tensor((inputs[0] as Input).values, [b, h, w, c]), [0, 1, 2]);
    expectClose(seen[0] as Float32Array, mean.dataSync() as Float32Array);
    expectClose(seen[1] as Float32Array, variance.mul(n / (n - 1)).dataSync() as Float32Array);
  });
});
