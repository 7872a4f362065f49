import type { GraphConstant } from '../nn/trace-graph.js';

/** A tensor with its axes in another order: axis i of the result is axis `order[i]` of the given one. */
export function permuted({ shape, values }: GraphConstant, order: readonly number[]): GraphConstant {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, extent) => n * extent, 1));
  const outShape = order.map((axis) => shape[axis] as number);
  const outStrides = order.map((axis) => strides[axis] as number);
  const result = values.slice();
  const at = outShape.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from] as number;
    for (let axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      from += outStrides[axis] as number;
      if ((at[axis] as number) < (outShape[axis] as number)) break;
      from -= (outStrides[axis] as number) * (outShape[axis] as number);
      at[axis] = 0;
    }
  }
  return { shape: outShape, values: result };
}
