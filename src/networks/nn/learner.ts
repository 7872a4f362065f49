/** A model with its optimizer: a SuperNet, or a network that is trained alone. */

import type { NamedTensor } from '#data/files/safetensors';
import { backend, dispose, floatConstant, floatT, readFloats, run, type Tensor } from '#networks/tensor/backend';
import { hasCustomOps } from '#networks/tensor/custom-ops';
import type { SharedPlace, SharedVectors } from '#networks/tensor/host-kernels';
import { alias } from '#networks/tensor/ops/arithmetic';
import type { FlatVariable } from './flat-variable.js';
import { Model } from './model.js';
import { namedTensors, restoreTensors } from './named-tensors.js';
import { createOptimizer, type Optimizer, type OptimizerSpec } from './optimizer.js';
import { type AverageSpec, keptShare, moveAverage } from './weight-average.js';
import type { InPlace } from './weights.js';

/** Sums values over all workers that compute a step. */
export interface Reducer {
  /** Replaces values by their element-wise sum over the workers. */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
  /** This worker's slot for a vector of n floats in shared memory; undefined where no memory is mapped. */
  places?(n: number): SharedPlace | undefined;
}

/** Workers that hold the same weights. */
export interface Team {
  readonly rank: number;
  /** Replaces the values with worker 0's. */
  broadcast(values: Float32Array): Promise<void>;
  /** Vectors in memory that all workers map, as many as `Learner.sharedVectors`; undefined without such memory. */
  sharedVectors?(): SharedVectors | undefined;
  /** Resolves once all workers have called it. */
  any(flag: boolean): Promise<unknown>;
}

/** Result of one part of a step: its mean cross-entropy in nats, and the gradient, which the caller owns. */
export interface LossGradient {
  readonly loss: number;
  readonly gradient: Tensor;
}

/** Computes one part of a step; with `into`, our kernels compute its gradient in place. */
export type Part = (into?: InPlace) => LossGradient;

export interface Update {
  /** Counts from 0. */
  readonly step: number;
  readonly learningRate: number;
  /** Number of the step's parts over all workers; by default that of the given parts. */
  readonly of?: number;
  /** Absent where this process alone computes the step. */
  readonly reducer?: Reducer | undefined;
}

/** Owns the weights, their average where asked for, and the optimizer's slots; `dispose` frees them. */
export class Learner {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly #average: Average | undefined;
  #updates = 0;
  #shared: SharedVectors | undefined;
  /** Buffer for the gradients of our kernels, made at the first step that needs it. */
  #gradient: Tensor | undefined;

  /**
   * @param model    owned by the learner from here on
   * @param average  makes the learner keep a moving average of the weights, which begins at the initial ones
   */
  constructor(model: Model, optimizer: OptimizerSpec, average?: AverageSpec) {
    this.model = model;
    this.optimizer = createOptimizer(optimizer, model.layout);
    this.#average = average && { spec: average, model: copyOf(model) };
  }

  /** Number of updates that have begun; while it is the same, so are the weights. */
  get updates(): number {
    return this.#updates;
  }

  /** The model to evaluate and to save: with the average of the weights if one is kept, else with the weights. */
  get result(): Model {
    return this.#average?.model ?? this.model;
  }

  /**
   * Updates the weights with the mean gradient of a step's parts: summed in their order, then over the workers, and
   * scaled at the end.
   *
   * @param parts  this worker's parts, at least one
   * @returns      mean loss of the step
   */
  async update(parts: readonly Part[], { step, learningRate, of = parts.length, reducer }: Update): Promise<number> {
    if (parts.length === 0) throw new Error('each worker needs at least one part of a step');
    const losses = new Float64Array(1);
    const took = (loss: number) => {
      losses[0] = (losses[0] as number) + loss / of;
    };
    const mean = await (hasCustomOps() ? this.#meanInPlace : this.#mean).call(this, parts, took, 1 / of, reducer);
    this.#updates++;
    this.optimizer.apply(this.model.weights, mean, learningRate, step);
    dispose(mean);
    await reducer?.allReduce(losses); // once it resolves, all workers have updated their parts of shared weights
    if (this.#average !== undefined) {
      const { spec, model } = this.#average;
      moveAverage(model.weights, this.model.weights, keptShare(spec, step + 1));
    }
    return losses[0] as number;
  }

  /** The mean gradient, or with shared weights this worker's part of it; the caller owns it. */
  async #mean(
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

  /** Like `#mean`, but accumulates in place: in this learner's buffer, or directly in shared memory. */
  async #meanInPlace(
    parts: readonly Part[],
    took: (loss: number) => void,
    factor: number,
    reducer: Reducer | undefined,
  ): Promise<Tensor> {
    const shape = [this.model.layout.size];
    const place = this.#shared ?? reducer?.places?.(this.model.layout.size);
    const tensor = place === undefined ? this.#ownGradient() : backend().create(place.own, shape);
    parts.forEach((part, i) => {
      took(part({ tensor, adds: i > 0 }).loss);
    });
    if (place === undefined)
      return scaled(reducer === undefined ? alias(tensor) : await reduced(alias(tensor), reducer), factor);
    dispose(tensor);
    const mean = 'sumPart' in place ? await place.sumPart(factor) : await place.allReduce(factor);
    return backend().create(mean, [mean.length]);
  }

  #ownGradient(): Tensor {
    const { size } = this.model.layout;
    this.#gradient ??= backend().create(new Float32Array(size), [size]);
    return this.#gradient;
  }

  /** Weights, their average and optimizer slots by name, for a checkpoint. */
  save(): Map<string, NamedTensor> {
    return namedTensors(this.model.layout, this.#vectors());
  }

  /** Size in bytes of what `save` returns. */
  get savedBytes(): number {
    return Float32Array.BYTES_PER_ELEMENT * this.model.layout.size * this.#vectors().size;
  }

  restore(tensors: ReadonlyMap<string, NamedTensor>): void {
    restoreTensors(this.model.layout, this.#vectors(), tensors);
  }

  /** Number of vectors that workers hold in common if they share memory; 0 without our kernels, which update parts. */
  get sharedVectors(): number {
    return hasCustomOps() ? this.#updated().length : 0;
  }

  /**
   * Joins the workers of a team; all of them call it. Weights and slots move to the memory that they share, where each
   * worker then updates a part.
   *
   * @param adopts  false if the workers have the same values already
   */
  async join(team: Team, adopts: boolean): Promise<void> {
    const shared = hasCustomOps() ? team.sharedVectors?.() : undefined;
    const moved = shared === undefined ? [] : this.#updated();
    if (adopts) await this.#adopt(team, moved);
    if (shared === undefined) return;
    moved.forEach((variable, i) => {
      variable.share(shared.vectors[i] as Float32Array, shared.part, team.rank === 0);
    });
    await team.any(false); // worker 0's values are there
    this.#shared = shared;
  }

  /** Replaces weights and slots, but those of `except`, with worker 0's. */
  async #adopt(team: Team, except: readonly FlatVariable[]): Promise<void> {
    for (const variable of this.#vectors().values()) {
      if (except.includes(variable)) continue;
      const values = variable.values();
      await team.broadcast(values);
      variable.write(values);
    }
  }

  /** The current weights, for comparing them with others. */
  weightBytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.model.weights.values();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  dispose(): void {
    this.model.dispose();
    this.#average?.model.dispose();
    this.optimizer.dispose();
    if (this.#gradient !== undefined) dispose(this.#gradient);
    this.#gradient = undefined;
  }

  /** The vectors that an update reads or changes part by part. */
  #updated(): FlatVariable[] {
    return [this.model.weights, ...this.optimizer.slots.values(), ...this.optimizer.constants];
  }

  #vectors(): Map<string, FlatVariable> {
    const average = this.#average === undefined ? [] : ([['average', this.#average.model.weights]] as const);
    return new Map([['weights', this.model.weights], ...average, ...this.optimizer.slots]);
  }
}

interface Average {
  readonly spec: AverageSpec;
  /** Its weights are the average. */
  readonly model: Model;
}

/** A copy of a model with a copy of its weights. */
function copyOf({ frame, layout, weights }: Model): Model {
  const copy = new Model(frame, layout);
  copy.weights.write(weights.values());
  return copy;
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
