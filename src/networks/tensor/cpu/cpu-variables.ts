/** TensorFlow's variables and optimizer updates, written in TensorFlow.js. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { OpTable, Tf, TfTensor } from './cpu-op.js';

/**
 * Ops on variables; a handle is TensorFlow.js's variable. Its values are replaced, so tensors read earlier keep theirs.
 */
export function variableOps(tf: Tf): OpTable {
  const { add, div, mul, neg, sqrt, square, sub } = tf;
  /** average + (1 - decay) * (value - average) */
  const blended = (average: TfTensor, value: TfTensor, decay: TfTensor) =>
    add(average, mul(sub(value, average), add(neg(decay), 1)));
  const assign = (handle: TfTensor, value: TfTensor) => {
    (handle as tfjs.Variable).assign(value);
    return value;
  };
  return {
    VarHandleOp: (given) => tf.variable(tf.zeros(given.read<number[]>('shape')), false),
    ReadVariableOp: (_, handle) => tf.clone(handle),
    AssignVariableOp(_, handle, value) {
      assign(handle, value);
      return [];
    },
    AssignSubVariableOp(_, handle, value) {
      assign(handle, sub(handle, value));
      return [];
    },
    DestroyResourceOp(_, handle) {
      handle.dispose();
      return [];
    },
    ResourceApplyGradientDescent(_, weights, rate, gradient) {
      assign(weights, sub(weights, mul(gradient, rate)));
      return [];
    },
    ResourceApplyRMSProp(_, weights, meanSquare, momentum, rate, decay, factor, epsilon, gradient) {
      const ms = assign(meanSquare, blended(meanSquare, square(gradient), decay));
      const step = div(mul(gradient, rate), sqrt(add(ms, epsilon)));
      assign(weights, sub(weights, assign(momentum, add(mul(momentum, factor), step))));
      return [];
    },
    ResourceApplyAdam(_, weights, first, second, power1, power2, rate, beta1, beta2, epsilon, gradient) {
      const m = assign(first, blended(first, gradient, beta1));
      const v = assign(second, blended(second, square(gradient), beta2));
      const corrected = div(mul(rate, sqrt(sub(1, power2))), sub(1, power1));
      assign(weights, sub(weights, div(mul(m, corrected), add(sqrt(v), epsilon))));
      return [];
    },
  };
}
