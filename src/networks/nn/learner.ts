/** A model with its optimizer: a SuperNet, or a network that is trained alone. */

import type { NamedTensor } from '#data/files/safetensors';
import { dispose } from '#networks/tensor/backend';
import { hasCustomOps } from '#networks/tensor/custom-ops';
import type { SharedVectors } from '#networks/tensor/host-kernels';
import type { FlatVariable } from './flat-variable.js';
import { MeanGradient, type Part, type Reducer } from './mean-gradient.js';
import { Model } from './model.js';
import { namedTensors, restoreTensors } from './named-tensors.js';
import { createOptimizer, type Optimizer, type OptimizerSpec } from './optimizer.js';
import { type AverageSpec, keptShare, moveAverage } from './weight-average.js';

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
  readonly #gradient: MeanGradient;

  /**
   * @param model    owned by the learner from here on
   * @param average  makes the learner keep a moving average of the weights, which begins at the initial ones
   */
  constructor(model: Model, optimizer: OptimizerSpec, average?: AverageSpec) {
    this.model = model;
    this.#gradient = new MeanGradient(model.layout.size);
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
    const mean = await this.#gradient.of(parts, took, 1 / of, { reducer, shared: this.#shared });
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
    this.#gradient.dispose();
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
