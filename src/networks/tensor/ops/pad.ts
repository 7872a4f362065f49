/** Zero padding of maps. */
import { attribute, dataType, floatT, intConstant, run } from '#networks/tensor/backend';
import type { Tape, Value } from '#networks/tensor/tape';

const padAttributes = [floatT, attribute.type('Tpaddings', dataType.int32)];
const sliceAttributes = [floatT, attribute.type('Index', dataType.int32)];

/** [B, H, W, C] with a margin of zeros on all four sides of its maps. */
export function padded(tape: Tape, x: Value, margin: number): Value {
  if (margin === 0) return x;
  const { shape } = x.tensor;
  const paddings = intConstant([0, 0, margin, margin, margin, margin, 0, 0], [4, 2]);
  return tape.op([x], run('Pad', padAttributes, x.tensor, paddings), (dy) => [
    run('Slice', sliceAttributes, dy, intConstant([0, margin, margin, 0]), intConstant(shape)),
  ]);
}
