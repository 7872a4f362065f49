/** The values of a tensor in row-major order, the last axis fastest. */
interface Shaped<V> {
  readonly shape: readonly number[];
  readonly values: V;
}

interface Row {
  [i: number]: number;
  readonly length: number;
}

/** Transposes a tensor: axis i of the result is axis `order[i]` of the input. */
export function permuted<V extends Row & { slice(): V }>(
  { shape, values }: Shaped<V>,
  order: readonly number[],
): Shaped<V> {
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
