/** Feature maps as bfloat16, and conversions where an op of another kind reads or makes them. */
import { Failure } from '#core/failure';
import { attribute, dataType, run, type Tensor } from '#networks/tensor/backend';
import { hasCustomOps, multipliesHalf } from '#networks/tensor/custom-ops';
import type { Precision, PrecisionSetting } from '#networks/tensor/precision';
import type { Features, Tape, Value } from '#networks/tensor/tape';

/** True if a tape is to halve its maps; throws like `precisionOf`. */
export function isHalf(setting?: PrecisionSetting): boolean {
  return precisionOf(setting) === 'half-activations';
}

/**
 * Returns the precision in which this process computes what asks for one. Half activations are a backend failure where it
 * lacks our kernels, which alone can compute them.
 */
export function precisionOf(setting: PrecisionSetting = 'full'): Precision {
  if (setting === 'auto') return multipliesHalf() ? 'half-activations' : 'full';
  if (setting === 'full' || hasCustomOps()) return setting;
  throw new Failure(
    'backend',
    "precision half-activations needs this program's own kernels; this process computes without them",
    'use precision full; `mnv4-nas doctor` says why there are none',
  );
}

/** x as the kernels of fused layers keep maps on this tape. */
export function stored<T extends Features>(tape: Tape, x: T): T | Value {
  return tape.half && x.deferredNorm === undefined ? cast(tape, x, dataType.bfloat16) : x;
}

/** x as float32, for ops that know nothing else. */
export function floats(tape: Tape, x: Value): Value {
  return cast(tape, x, dataType.float32);
}

function cast(tape: Tape, x: Value, dtype: number): Value {
  const before = x.tensor.dtype;
  if (before === dtype) return x;
  return tape.op([x], converted(x.tensor, dtype), (dy) => [converted(dy, before)]);
}

function converted(x: Tensor, dtype: number): Tensor {
  return run('Cast', [attribute.type('SrcT', x.dtype), attribute.type('DstT', dtype)], x);
}
