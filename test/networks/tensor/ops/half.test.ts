import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backend, dataType, openBackend, readFloats } from '#networks/tensor/backend';
import { multipliesHalf } from '#networks/tensor/custom-ops';
import { alias } from '#networks/tensor/ops/arithmetic';
import { add, mean } from '#networks/tensor/ops/combine';
import { windowOf } from '#networks/tensor/ops/convolution';
import { fusedConvolution, fusedPointwise } from '#networks/tensor/ops/fused';
import { floats, isHalf, precisionOf } from '#networks/tensor/ops/half';
import { peakBytes } from '#networks/tensor/peak-memory';
import { type Features, Tape, type Value } from '#networks/tensor/tape';
import { create, normals, type Op, onTape } from '#test/networks/tensor/op-check';

openBackend({ threads: 2 });

const epsilon = 1e-3;

type Norm = readonly [gamma: Value | undefined, beta: Value | undefined, relu: boolean];

const norm = ([gamma, beta, relu]: Norm) => ({ gamma: gamma as Value, beta: beta as Value, epsilon, relu });

const pointwise = (tape: Tape, x: Features, kernel: Value | undefined, by: Norm) =>
  fusedPointwise(tape, x, kernel as Value, norm(by)) as Features;

const convolved = (
  op: 'Convolution' | 'Depthwise',
  tape: Tape,
  x: Features,
  kernel: Value | undefined,
  stride: number,
  by: Norm,
) => {
  const k = kernel?.tensor.shape[0] as number;
  const window = windowOf(x.tensor.shape, k, stride, 'same');
  return fusedConvolution(tape, op, x, kernel as Value, stride, window, norm(by)) as Features;
};

/** A gamma near 1, and beta. With a small gamma the rounding would be large relative to the normalised values. */
const affine = (name: string, channels: number) => {
  const { shape, values } = normals(`${name} gamma`, channels);
  return [{ shape, values: values.map((value) => 1 + 0.2 * value) }, normals(`${name} beta`, channels)];
};

/** Relative distance of two vectors. */
function distance(a: Float32Array, b: Float32Array): number {
  let [difference, size] = [0, 0];
  for (const [i, value] of b.entries()) {
    difference += ((a[i] as number) - value) ** 2;
    size += value ** 2;
  }
  return size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
}

/** Value and gradients in half are those in full up to the rounding of a few layers, and no tensor remains. */
function expectAlike(op: Op, inputs: Parameters<typeof onTape>[1], hasRelu: boolean) {
  // Rounding moves one value in 300 across zero, and with it the whole gradient that a ReLU passes or stops there.
  const tolerance = hasRelu ? 0.5 : 0.03;
  const { shape, values: expected } = onTape(op, inputs);
  const dy = normals('dy', ...shape).values;
  const full = onTape(op, inputs, dy);
  onTape(op, inputs, dy, true); // makes the constants that stay
  const before = backend().tensorsAlive();
  const half = onTape(op, inputs, dy, true);
  expect(backend().tensorsAlive()).toBe(before);
  expect(onTape(op, inputs, undefined, true).values).toEqual(half.values);
  expect(distance(half.values, expected)).toBeLessThan(0.03);
  expect(half.values).not.toEqual(expected);
  for (const [i, gradient] of full.gradients.entries()) {
    // of gradients that cancel to nothing only the rounding is left
    if (Math.hypot(...gradient) < 1e-2 * Math.sqrt(gradient.length)) continue;
    const isSum = inputs[i]?.shape.length === 1; // over all pixels, in which much cancels
    if (isSum && hasRelu) continue;
    const most = isSum ? 2 * tolerance : tolerance;
    expect(distance(half.gradients[i] as Float32Array, gradient), `gradient ${i}`).toBeLessThan(most);
  }
}

const channels = fc.integer({ min: 8, max: 70 });
const side = fc.integer({ min: 4, max: 9 });

describe('half activations', () => {
  it('compute pointwise layers of any sizes as full ones do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 300 }),
        channels,
        channels,
        channels,
        fc.boolean(),
        (rows, a, b, c, relu) => {
          expectAlike(
            (tape, x, w1, g1, b1, w2, g2, b2) =>
              pointwise(tape, pointwise(tape, x!, w1, [g1, b1, relu]), w2, [g2, b2, false]),
            [normals('x', rows, a), normals('w1', a, b), ...affine('1', b), normals('w2', b, c), ...affine('2', c)],
            relu,
          );
        },
      ),
      { numRuns: 25, examples: [[260, 24, 40, 16, false]] }, // 4 rows are left by panels of 256
    );
  });

  it('compute inverted bottlenecks of any sizes, kernels and strides as full ones do', () => {
    const filter = fc.record({ k: fc.constantFrom(3, 5), stride: fc.constantFrom(1, 2), relu: fc.boolean() });
    fc.assert(
      fc.property(filter, side, side, channels, channels, ({ k, stride, relu }, height, width, a, b) => {
        expectAlike(
          (tape, x, w1, g1, b1, w2, g2, b2, w3, g3, b3) => {
            const expanded = pointwise(tape, x!, w1, [g1, b1, relu]);
            const filtered = convolved('Depthwise', tape, expanded, w2, stride, [g2, b2, relu]);
            const projected = pointwise(tape, filtered, w3, [g3, b3, false]);
            return stride === 1 ? add(tape, projected, x!) : projected;
          },
          [
            normals('x', 6, height, width, a),
            ...[normals('w1', a, b), ...affine('1', b)],
            ...[normals('w2', k, k, b, 1), ...affine('2', b)],
            ...[normals('w3', b, a), ...affine('3', a)],
          ],
          relu,
        );
      }),
      { numRuns: 25 },
    );
  });

  it('compute dense convolutions of any sizes, the first of an image too, as full ones do', () => {
    const first = fc.constantFrom(1, 3, 4, 16);
    fc.assert(
      fc.property(
        first,
        side,
        side,
        channels,
        fc.constantFrom(1, 2),
        fc.boolean(),
        (inputs, height, width, a, stride, relu) => {
          expectAlike(
            (tape, x, w1, g1, b1, w2, g2, b2) => {
              const image = { ...x!, needsGradient: false };
              const wide = convolved('Convolution', tape, image, w1, 1, [g1, b1, relu]);
              return convolved('Convolution', tape, wide, w2, stride, [g2, b2, false]);
            },
            [
              normals('x', 4, height, width, inputs),
              ...[normals('w1', 3, 3, inputs, a), ...affine('1', a)],
              ...[normals('w2', 3, 3, a, 24), ...affine('2', 24)],
            ],
            relu,
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('add and average branches with values of other ops', () => {
    expectAlike(
      (tape, x, w1, g1, b1, y) => {
        const branch = pointwise(tape, x!, w1, [g1, b1, true]);
        return mean(tape, [branch, add(tape, branch, y!), y!]);
      },
      [normals('x', 50, 20), normals('w1', 20, 24), ...affine('1', 24), normals('y', 50, 24)],
      true,
    );
  });

  it('round the exact product once where the inputs have few bits', () => {
    const few = (name: string, ...shape: number[]) => {
      const { values } = normals(name, ...shape);
      return { shape, values: values.map((value) => Math.round(4 * value) / 4) };
    };
    const inputs = [few('x', 64, 33), few('w', 33, 40)];
    const product = (half: boolean) => {
      const tape = new Tape({ recording: false, half });
      const [x, kernel] = inputs.map((input) => tape.adopt(create(input))) as [Value, Value];
      const ones = tape.adopt(create({ shape: [40], values: new Float32Array(40).fill(1) }));
      const zeros = tape.adopt(create({ shape: [40], values: new Float32Array(40) }));
      const { tensor } = pointwise(tape, x, kernel, [ones, zeros, false]);
      expect(tensor.dtype).toBe(half ? dataType.bfloat16 : dataType.float32);
      const plain = floats(tape, tape.adopt(alias(tensor)));
      const values = readFloats(plain.tensor);
      tape.dispose();
      return values;
    };
    expect(product(true)).toEqual(product(false).map(nearestHalf));
  });

  it('take half of the memory of the maps', () => {
    const bytes = (half: boolean) =>
      peakBytes(8, (n) => {
        const inputs = [
          normals('x', n, 8, 8, 16),
          ...[normals('w1', 16, 256), ...affine('1', 256)],
          ...[normals('w2', 256, 16), ...affine('2', 16)],
        ];
        const op: Op = (tape, x, w1, g1, b1, w2, g2, b2) =>
          pointwise(tape, pointwise(tape, x!, w1, [g1, b1, true]), w2, [g2, b2, false]);
        onTape(op, inputs, normals('dy', n, 8, 8, 16).values, half);
      });
    expect(bytes(true)).toBeLessThan(0.65 * bytes(false));
  });

  it('are what the precision of that name means, and the default is full', () => {
    expect(isHalf()).toBe(false);
    expect(isHalf('full')).toBe(false);
    expect(isHalf('half-activations')).toBe(true);
    expect(precisionOf('auto')).toBe(multipliesHalf() ? 'half-activations' : 'full');
  });
});

/** The nearest bfloat16, ties to even. */
function nearestHalf(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  const [word] = bits as unknown as [number];
  bits[0] = ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) << 16;
  return new Float32Array(bits.buffer)[0] as number;
}
