import { attribute, dataType, floatT, intConstant, run, type Tensor } from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';

const attributes = [floatT, attribute.type('Tperm', dataType.int32)];

/** Permutes the axes: axis i of the result is axis `order[i]` of x. */
export function transposed(tape: Tape, x: Value, order: readonly number[]): Value {
  const back = order.map((_, axis) => order.indexOf(axis));
  return tape.op([x], transpose(x.tensor, order), (dy) => [transpose(dy, back)]);
}

function transpose(x: Tensor, order: readonly number[]): Tensor {
  return run('Transpose', attributes, x, intConstant(order));
}
