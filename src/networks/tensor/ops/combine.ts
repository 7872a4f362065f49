/** Sums and means of features; deferred batch norms are applied in the same pass over memory. */
import { attribute, dataType, dispose, floatConstant, floatT, run, type Tensor } from '#networks/tensor/backend';
import { isCustom, noNorm, ownSum, runCombine, runCustom } from '#networks/tensor/custom-ops';
import { type Features, parametersOf, type Tape, type Value } from '#networks/tensor/tape';
import { alias } from './arithmetic.js';
import { floats, stored } from './half.js';

const plain = [floatT];
const unwanted = [false, false] as const;

/** The value itself or, where its batch norm is deferred, the normalised value. */
export function applied(tape: Tape, x: Features): Value {
  return x.deferredNorm === undefined ? x : combine(tape, [x], 1);
}

/** The same as float32, for ops that know nothing else. */
export function materialized(tape: Tape, x: Features): Value {
  return x.deferredNorm === undefined ? floats(tape, x) : combine(tape, [x], 1, dataType.float32);
}

/** a + b, of equal shapes. */
export function add(tape: Tape, a: Features, b: Features): Value {
  return combine(tape, [a, b], 1);
}

/** The mean of the branches, of equal shapes; a single branch is returned unchanged. */
export function mean(tape: Tape, branches: readonly Features[]): Features {
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : combine(tape, branches, 1 / branches.length);
}

/**
 * `factor` times the sum of the parts, of equal shapes.
 *
 * @param dtype  of the result; by default that of the parts as the tape stores them
 */
function combine(tape: Tape, given: readonly Features[], factor: number, dtype?: number): Value {
  const isOwn = isCustom('Combine', (given[0] as Features).tensor.shape);
  const parts = isOwn ? given.map((part) => stored(tape, part)) : given;
  const own = (parts[0] as Features).tensor.dtype;
  const y = isOwn ? normalizedSum(parts, factor, dtype ?? own) : plainSum(parts, factor);
  const receivers = parts.flatMap((part) => [...parametersOf(part), part]);
  return tape.op(receivers, y, function* (dy) {
    const d = scaled(dy, factor, own);
    for (const part of parts) yield* gradientsOf(part, d);
    dispose(d);
  });
}

function normalizedSum(parts: readonly Features[], factor: number, dtype: number): Tensor {
  const tensors = parts.map(({ tensor }) => tensor);
  const norms = parts.map(({ deferredNorm }) => deferredNorm?.norm ?? noNorm());
  const relus = parts.map(({ deferredNorm }) => Number(deferredNorm?.relu ?? false));
  return runCombine(tensors, norms, relus, factor, dtype);
}

function plainSum(parts: readonly Features[], factor: number): Tensor {
  const tensors = parts.map(({ tensor }) => tensor);
  const sum = run('AddN', [floatT, attribute.int('N', parts.length)], ...tensors);
  if (factor === 1) return sum;
  const result = scaled(sum, factor);
  dispose(sum);
  return result;
}

/** factor times x, as `dtype`; the caller owns it. */
function scaled(x: Tensor, factor: number, dtype = x.dtype): Tensor {
  if (factor === 1 && x.dtype === dtype) return alias(x);
  const isHalf = x.dtype === dataType.bfloat16 || dtype === dataType.bfloat16;
  return isHalf ? ownSum([x], factor, dtype) : run('Mul', plain, x, floatConstant(factor));
}

/** Yields the gradients of x's `parametersOf`, then that of x, from the gradient `d` of x as its readers see it. */
function* gradientsOf(x: Features, d: Tensor): Generator<Tensor | false> {
  if (x.deferredNorm !== undefined) {
    const { norm, relu } = x.deferredNorm;
    const attributes = [attribute.int('relu', Number(relu))];
    yield* x.needsGradient ? runCustom('ParameterGrad', attributes, [d, x.tensor, norm], 2) : unwanted;
  }
  yield x.needsGradient && alias(d);
}
