/** Running one op on a tape, and comparing its value and gradients with TensorFlow.js and with finite differences. */
import { expect } from 'vitest';
import { randomStream } from '#core/random';
import { backend, dispose, readFloats, type Shape, sizeOf, type Tensor } from '#networks/tensor/backend';
import { materialized } from '#networks/tensor/ops/combine';
import { type Features, Tape, type Value } from '#networks/tensor/tape';
import { tf } from './tfjs.js';

export interface Input {
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** The op under test, its inputs as leaves. */
export type Op = (tape: Tape, ...inputs: Value[]) => Features;

/** Standard normal values that depend on the name alone. */
export function normals(name: string, ...shape: number[]): Input {
  const random = randomStream(name);
  return { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

export function create({ shape, values }: Input): Tensor {
  return backend().create(values, shape);
}

/** The op's value and, where the value's gradient `dy` is given, the gradients of all inputs. */
export function onTape(
  op: Op,
  inputs: readonly Input[],
  dy?: Float32Array,
  half = false,
): Input & { gradients: Float32Array[] } {
  const tape = new Tape({ recording: dy !== undefined, half });
  const leaves = inputs.map((input) => tape.leaf(create(input), true));
  const y = materialized(tape, op(tape, ...leaves));
  const { shape } = y.tensor;
  const values = readFloats(y.tensor);
  if (dy !== undefined) tape.backward(y, create({ shape, values: dy }));
  tape.dispose();
  const gradients =
    dy === undefined ? [] : leaves.map(({ gradient: g }) => (g === undefined ? new Float32Array() : readFloats(g)));
  for (const { tensor, gradient } of leaves) dispose(tensor, ...(gradient === undefined ? [] : [gradient]));
  return { shape, values, gradients };
}

/** The same with TensorFlow.js; inputs arrive in their shapes. */
export function inTfjs(
  op: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly Input[],
  dy: Float32Array,
): Input & { gradients: Float32Array[] } {
  const tensors = inputs.map(({ values, shape }) => tf.tensor(values, [...shape]));
  const y = op(...tensors);
  const gradients = tf.grads(op)(tensors, tf.tensor(dy, y.shape));
  const floats = (tensor: tf.Tensor) => Float32Array.from(tensor.dataSync());
  return { shape: y.shape, values: floats(y), gradients: gradients.map(floats) };
}

export interface Difference {
  readonly absolute: number;
  /** The largest absolute difference over the largest expected magnitude. */
  readonly relative: number;
}

export function largestDifference(found: Float32Array, expected: Float32Array): Difference {
  expect(found.length).toBe(expected.length);
  let absolute = 0;
  let scale = 0;
  for (const [i, value] of expected.entries()) {
    absolute = Math.max(absolute, Math.abs((found[i] as number) - value));
    scale = Math.max(scale, Math.abs(value));
    if (Number.isNaN(found[i])) return { absolute: Number.NaN, relative: Number.NaN };
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / scale };
}

/** Equal up to `tolerance` of the largest expected magnitude or, where that is below 1, of 1. */
export function expectClose(found: Float32Array, expected: Float32Array, tolerance = 2e-5): void {
  const { absolute, relative } = largestDifference(found, expected);
  expect(Math.min(absolute, relative)).toBeLessThan(tolerance);
}

/** The op has TensorFlow.js's shape, value and gradients, and leaves no tensor behind, on either kind of tape. */
export function expectLikeTfjs(
  op: Op,
  reference: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly Input[],
  tolerance?: number,
): void {
  const shape = onTape(op, inputs).shape;
  const dy = normals('dy', ...shape).values;
  onTape(op, inputs, dy); // makes the constants that stay
  const before = backend().tensorsAlive();
  const forwardOnly = onTape(op, inputs);
  const found = onTape(op, inputs, dy);
  expect(backend().tensorsAlive()).toBe(before);
  const expected = inTfjs(reference, inputs, dy);
  expect(found.shape).toEqual(expected.shape);
  expect(forwardOnly.values).toEqual(found.values);
  expectClose(found.values, expected.values, tolerance);
  for (const [i, gradient] of expected.gradients.entries()) {
    expectClose(found.gradients[i] as Float32Array, gradient, tolerance);
  }
}

const step = 1e-3; // small enough for the kinks of relu, large enough for float32

/** The gradients of sum(y * dy) are its slopes by central differences along random directions, each input by itself. */
export function expectSlopes(op: Op, inputs: readonly Input[]): void {
  const shape = onTape(op, inputs).shape;
  const dy = normals('dy', ...shape).values;
  const { gradients } = onTape(op, inputs, dy);
  const objective = (i: number, direction: Float32Array, by: number) => {
    const { shape, values } = inputs[i] as Input;
    const moved = { shape, values: values.map((value, j) => value + by * (direction[j] as number)) };
    return dot(onTape(op, inputs.with(i, moved)).values, dy);
  };
  for (const [i, gradient] of gradients.entries()) {
    for (const name of ['one way', 'another', 'a third']) {
      const direction = normals(name, gradient.length).values;
      const slope = (objective(i, direction, step) - objective(i, direction, -step)) / (2 * step);
      const length = Math.sqrt(dot(gradient, gradient));
      expect(Math.abs(slope - dot(gradient, direction))).toBeLessThan(5e-3 * length + 1e-3);
    }
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
