/** Weights that learn: a model with its optimizer. A SuperNet is one, and so is a network that is trained alone. */
import { backend, dispose, floatConstant, floatT, readFloats, run, type Tensor } from './backend.js';
import type { Model } from './model.js';
import { type NamedTensor, namedTensors, restoreTensors } from './named-tensors.js';
import { createOptimizer, type Optimizer, type OptimizerSpec } from './optimizer.js';
import type { FlatVariable } from './weights.js';

/** Replaces values by their element-wise sum over all who compute a step. */
export type Sum = (values: Float32Array | Float64Array) => Promise<void>;

/** What a part of a step says: its mean cross-entropy in nats, and the gradient, whose owner its caller becomes. */
export interface LossGradient {
  readonly loss: number;
  readonly gradient: Tensor;
}

export interface Update {
  /** From 0. */
  readonly step: number;
  readonly learningRate: number;
  /** Parts of the step over all who compute it; by default those given. */
  readonly of?: number;
  /** Left out where nobody else computes the step. */
  readonly sum?: Sum | undefined;
}

/** Owns the weights and the optimizer's slots; `dispose` frees them. */
export class Learner {
  readonly model: Model;
  readonly optimizer: Optimizer;

  /** @param model  taken over */
  constructor(model: Model, optimizer: OptimizerSpec) {
    this.model = model;
    this.optimizer = createOptimizer(optimizer, model.layout);
  }

  /**
   * One update with the mean gradient of a step's parts: summed in their order, then over those who compute the step, and
   * scaled at the end.
   *
   * @param parts  the own ones, at least one
   * @returns      mean loss of the step
   */
  async update(
    parts: readonly (() => LossGradient)[],
    { step, learningRate, of = parts.length, sum }: Update,
  ): Promise<number> {
    const losses = new Float64Array(1);
    let total: Tensor | undefined;
    for (const part of parts) {
      const { loss, gradient } = part();
      losses[0] = (losses[0] as number) + loss / of;
      total = total === undefined ? gradient : replaced('AddV2', total, gradient);
    }
    if (total === undefined) throw new Error('a step needs a part for each of those who compute it');
    if (sum !== undefined) {
      total = await summed(total, sum);
      await sum(losses);
    }
    const mean = of === 1 ? total : scaled(total, 1 / of);
    this.optimizer.apply(this.model.weights, mean, learningRate, step);
    dispose(mean);
    return losses[0] as number;
  }

  /** Weights and optimizer slots by name, for a checkpoint. */
  save(): Map<string, NamedTensor> {
    return namedTensors(this.model.layout, this.#vectors());
  }

  restore(tensors: ReadonlyMap<string, NamedTensor>): void {
    restoreTensors(this.model.layout, this.#vectors(), tensors);
  }

  /** Takes over the weights and slots that `broadcast` puts in place of its own. */
  async adopt(broadcast: (values: Float32Array) => Promise<void>): Promise<void> {
    for (const variable of this.#vectors().values()) {
      const values = variable.values();
      await broadcast(values);
      variable.write(values);
    }
  }

  /** The weights as they stand, to compare them with others. */
  weightBytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.model.weights.values();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  #vectors(): Map<string, FlatVariable> {
    return new Map([['weights', this.model.weights], ...this.optimizer.slots]);
  }
}

/** The op's result, once both its arguments are freed. */
function replaced(op: string, a: Tensor, b: Tensor): Tensor {
  const result = run(op, [floatT], a, b);
  dispose(a, b);
  return result;
}

/** The sum over those who compute the step; takes the tensor over. */
async function summed(tensor: Tensor, sum: Sum): Promise<Tensor> {
  const values = readFloats(tensor);
  const { shape } = tensor;
  dispose(tensor);
  await sum(values);
  return backend().create(values, shape);
}

function scaled(tensor: Tensor, factor: number): Tensor {
  const result = run('Mul', [floatT], tensor, floatConstant(factor));
  dispose(tensor);
  return result;
}
