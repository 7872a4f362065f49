/** Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762). */
import {
  attribute,
  dataType,
  dispose,
  floatConstant,
  floatT,
  intConstant,
  run,
  type Tensor,
} from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';

const plain = [floatT];
const transposeA = [floatT, attribute.bool('adj_x', true)];
const transposeB = [floatT, attribute.bool('adj_y', true)];
const sumAttributes = [floatT, attribute.type('Tidx', dataType.int32), attribute.bool('keep_dims', true)];

/**
 * @param query  [..., M, keyDim]
 * @param key    [..., N, keyDim]
 * @param value  [..., N, valueDim]
 * @returns      [..., M, valueDim]: for each query the mean of the values, weighted by the softmax of its products with
 *               the keys over sqrt(keyDim)
 */
export function dotProductAttention(tape: Tape, query: Value, key: Value, value: Value): Value {
  const scale = floatConstant(1 / Math.sqrt(query.tensor.shape.at(-1) as number));
  const scaled = run('Mul', plain, query.tensor, scale);
  const scores = run('BatchMatMulV2', transposeB, scaled, key.tensor);
  const weights = run('Softmax', plain, scores);
  dispose(scores);
  const y = run('BatchMatMulV2', plain, weights, value.tensor);
  return tape.op(
    [value, query, key],
    y,
    function* (dy) {
      yield run('BatchMatMulV2', transposeA, weights, dy);
      const dWeights = run('BatchMatMulV2', transposeB, dy, value.tensor);
      const dScores = softmaxGradient(dWeights, weights);
      const dScaled = run('BatchMatMulV2', plain, dScores, key.tensor);
      yield run('Mul', plain, dScaled, scale);
      yield run('BatchMatMulV2', transposeA, dScores, scaled);
      dispose(dWeights, dScores, dScaled);
    },
    [scaled, weights],
  );
}

/** Softmax over the last axis. */
export function softmaxed(tape: Tape, x: Value): Value {
  const y = run('Softmax', plain, x.tensor);
  return tape.op([x], y, (dy) => [softmaxGradient(dy, y)]);
}

/** The matrix products of a, [..., M, K], and b, [..., K, N] or, if transposed, [..., N, K]. */
export function matrixProducts(tape: Tape, a: Value, b: Value, isTransposed: boolean): Value {
  const y = run('BatchMatMulV2', isTransposed ? transposeB : plain, a.tensor, b.tensor);
  return tape.op([a, b], y, function* (dy, [wantsA, wantsB]) {
    yield wantsA && run('BatchMatMulV2', isTransposed ? plain : transposeB, dy, b.tensor);
    if (wantsB)
      yield isTransposed
        ? run('BatchMatMulV2', transposeA, dy, a.tensor)
        : run('BatchMatMulV2', transposeA, a.tensor, dy);
  });
}

/** Gradient of y = softmax(x) over the last axis with respect to x: y (dy - sum of dy y). */
function softmaxGradient(dy: Tensor, y: Tensor): Tensor {
  const pull = run('Mul', plain, dy, y);
  const sum = run('Sum', sumAttributes, pull, intConstant([-1]));
  const rest = run('Sub', plain, dy, sum);
  const dx = run('Mul', plain, rest, y);
  dispose(pull, sum, rest);
  return dx;
}
