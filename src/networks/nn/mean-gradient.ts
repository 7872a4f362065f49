/** The mean gradient of a step's parts: summed in their order, then over the workers, and scaled at the end. */
import { backend, dispose, floatConstant, floatT, readFloats, run, type Tensor } from '#networks/tensor/backend';
import { hasCustomOps } from '#networks/tensor/custom-ops';
import type { SharedPlace, SharedVectors } from '#networks/tensor/host-kernels';
import { alias } from '#networks/tensor/ops/arithmetic';
import type { InPlace } from './weights.js';

/** Sums values over all workers that compute a step. */
export interface Reducer {
  /** Replaces values by their element-wise sum over the workers. */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
  /** This worker's slot for a vector of n floats in shared memory; undefined where no memory is mapped. */
  places?(n: number): SharedPlace | undefined;
}

/** Result of one part of a step: its mean cross-entropy in nats, and the gradient, which the caller owns. */
export interface LossGradient {
  readonly loss: number;
  readonly gradient: Tensor;
}

/** Computes one part of a step; with `into`, our kernels compute its gradient in place. */
export type Part = (into?: InPlace) => LossGradient;

/** The workers that compute a step; both absent where this process alone does. */
interface Workers {
  readonly reducer: Reducer | undefined;
  /** The vectors that they hold in common, if they do. */
  readonly shared: SharedVectors | undefined;
}

/** Computes mean gradients, with a buffer that lasts; `dispose` frees it. */
export class MeanGradient {
  readonly #size: number;
  /** Buffer for the gradients of our kernels, made at the first step that needs it. */
  #buffer: Tensor | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  /** The mean gradient, or with shared weights this worker's part of it; the caller owns it. */
  of(parts: readonly Part[], took: (loss: number) => void, factor: number, workers: Workers): Promise<Tensor> {
    return hasCustomOps() ? this.#inPlace(parts, took, factor, workers) : apart(parts, took, factor, workers.reducer);
  }

  /** Accumulates in place: in this buffer, or directly in shared memory. */
  async #inPlace(
    parts: readonly Part[],
    took: (loss: number) => void,
    factor: number,
    { reducer, shared }: Workers,
  ): Promise<Tensor> {
    const place = shared ?? reducer?.places?.(this.#size);
    const tensor = place === undefined ? this.#ownBuffer() : backend().create(place.own, [this.#size]);
    parts.forEach((part, i) => {
      took(part({ tensor, adds: i > 0 }).loss);
    });
    if (place === undefined)
      return scaled(reducer === undefined ? alias(tensor) : await reduced(alias(tensor), reducer), factor);
    dispose(tensor);
    const mean = 'sumPart' in place ? await place.sumPart(factor) : await place.allReduce(factor);
    return backend().create(mean, [mean.length]);
  }

  #ownBuffer(): Tensor {
    this.#buffer ??= backend().create(new Float32Array(this.#size), [this.#size]);
    return this.#buffer;
  }

  dispose(): void {
    if (this.#buffer !== undefined) dispose(this.#buffer);
    this.#buffer = undefined;
  }
}

/** Adds the gradients of the parts as separate tensors. */
async function apart(
  parts: readonly Part[],
  took: (loss: number) => void,
  factor: number,
  reducer: Reducer | undefined,
): Promise<Tensor> {
  const own = parts.reduce<Tensor | undefined>((total, part) => {
    const { loss, gradient } = part();
    took(loss);
    return total === undefined ? gradient : replaced('AddV2', total, gradient);
  }, undefined) as Tensor;
  return scaled(reducer === undefined ? own : await reduced(own, reducer), factor);
}

/** The op's result; frees both arguments. */
function replaced(op: string, a: Tensor, b: Tensor): Tensor {
  const result = run(op, [floatT], a, b);
  dispose(a, b);
  return result;
}

/** The sum over the workers; frees the tensor. */
async function reduced(tensor: Tensor, reducer: Reducer): Promise<Tensor> {
  const values = readFloats(tensor);
  const { shape } = tensor;
  dispose(tensor);
  await reducer.allReduce(values);
  return backend().create(values, shape);
}

/** The tensor times `factor`; owns and, where needed, frees the tensor. */
function scaled(tensor: Tensor, factor: number): Tensor {
  if (factor === 1) return tensor;
  const result = run('Mul', [floatT], tensor, floatConstant(factor));
  dispose(tensor);
  return result;
}
