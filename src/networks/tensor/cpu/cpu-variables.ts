/** TensorFlow's variables and optimizer updates, written in TensorFlow.js. */
import type * as tfjs from '@tensorflow/tfjs';
import type { OpTable, Tf, TfTensor } from './cpu-op.js';

/**
 * Ops on variables; a handle is TensorFlow.js's variable. Its values are replaced, so tensors read earlier keep theirs.
 */
export function variableOps(tf: Tf): OpTable {
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
      assign(handle, handle.sub(value));
      return [];
    },
    DestroyResourceOp(_, handle) {
      handle.dispose();
      return [];
    },
    ResourceApplyGradientDescent(_, weights, rate, gradient) {
      assign(weights, weights.sub(gradient.mul(rate)));
      return [];
    },
    ResourceApplyRMSProp(_, weights, meanSquare, momentum, rate, decay, factor, epsilon, gradient) {
      const ms = assign(meanSquare, blended(meanSquare, gradient.square(), decay));
      const step = gradient.mul(rate).div(ms.add(epsilon).sqrt());
      assign(weights, weights.sub(assign(momentum, momentum.mul(factor).add(step))));
      return [];
    },
    ResourceApplyAdam(_, weights, first, second, power1, power2, rate, beta1, beta2, epsilon, gradient) {
      const m = assign(first, blended(first, gradient, beta1));
      const v = assign(second, blended(second, gradient.square(), beta2));
      const corrected = rate.mul(tf.sub(1, power2).sqrt()).div(tf.sub(1, power1));
      assign(weights, weights.sub(m.mul(corrected).div(v.sqrt().add(epsilon))));
      return [];
    },
  };
}

/** average + (1 - decay) * (value - average) */
function blended(average: TfTensor, value: TfTensor, decay: TfTensor): TfTensor {
  return average.add(value.sub(average).mul(decay.neg().add(1)));
}
