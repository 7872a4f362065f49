/** Plain training of one network: the loop, its start from a saved state, and the statistics it is evaluated with. */

import { warmupCosine } from '../core/schedule.js';
import type { Batch, Batches } from '../data/loader.js';
import { backend, dispose, readFloats, type Tensor } from '../nn/backend.js';
import { Model } from '../nn/model.js';
import { type NamedTensor, namedTensors, restoreTensors } from '../nn/named-tensors.js';
import { type Forward, networkForward, weightLayout } from '../nn/network.js';
import { createOptimizer, type Optimizer, type OptimizerSpec } from '../nn/optimizer.js';
import type { StatisticsByName } from '../nn/pass.js';
import type { Architecture } from '../space/space.js';
import { type Collective, shareOf } from '../workers/collective.js';

export interface TrainingPlan {
  readonly from: number;
  readonly steps: number;
  readonly warmupSteps: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly dropout: number;
  readonly seed: number;
  /** Parts of a step's batch, each normalised by itself. */
  readonly shares: number;
}

export interface TrainingStep {
  readonly step: number;
  /** Mean cross-entropy of the batch in nats. */
  readonly loss: number;
  readonly learningRate: number;
}

/** A network in training: its weights and its optimizer's slots. `dispose` frees them. */
export class Trainee {
  readonly network: Architecture;
  readonly forward: Forward;
  readonly model: Model;
  readonly optimizer: Optimizer;

  constructor(network: Architecture, optimizer: OptimizerSpec, seed: number) {
    this.network = network;
    this.forward = networkForward(network);
    const layout = weightLayout(network, this.forward);
    this.model = new Model(network, layout, String(seed));
    this.optimizer = createOptimizer(optimizer, layout);
  }

  save(): Map<string, NamedTensor> {
    return namedTensors(this.model.layout, this.#vectors());
  }

  restore(tensors: ReadonlyMap<string, NamedTensor>): void {
    restoreTensors(this.model.layout, this.#vectors(), tensors);
  }

  /** Means of the first batches' statistics; the caller owns them. */
  statistics(batches: Batches, count: number): StatisticsByName {
    const first = (function* (): Generator<Batch> {
      for (let i = 0; i < count; i++) yield batches.at(i);
    })();
    return this.model.estimateStatistics(this.forward, first);
  }

  /** The weights as they stand, to compare them with others. */
  weightBytes(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.model.weights.values();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** Takes the weights and slots over that `broadcast` puts in place of its own: worker 0's. */
  async adopt(broadcast: (values: Float32Array) => Promise<void>): Promise<void> {
    for (const variable of this.#vectors().values()) {
      const values = variable.values();
      await broadcast(values);
      variable.write(values);
    }
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  #vectors() {
    return new Map([['weights', this.model.weights], ...this.optimizer.slots]);
  }
}

/**
 * Trains until the plan's last step, or until `record` says to stop.
 *
 * @param batches     of one share each: share k of a step s has the batch s * shares + k
 * @param collective  who computes the shares; each worker its own, and all of them every update
 */
export async function trainNetwork(
  trainee: Trainee,
  plan: TrainingPlan,
  batches: Batches,
  collective: Collective,
  record: (step: TrainingStep) => Promise<boolean>,
): Promise<void> {
  const rate = warmupCosine(plan.learningRate, plan.steps, plan.warmupSteps);
  const shares = Array.from({ length: plan.shares }, (_, k) => k);
  for (let step = plan.from; step < plan.steps; step++) {
    const own = shareOf(collective, shares).map(({ k }) => step * plan.shares + k);
    const parts = own.map((index) => () => partGradient(trainee, plan, batches, index));
    const { loss, gradient } = await meanGradient(parts, plan.shares, collective);
    const learningRate = rate(step);
    trainee.optimizer.apply(trainee.model.weights, gradient, learningRate, step);
    dispose(gradient);
    if (!(await record({ step, loss, learningRate }))) return;
  }
}

interface Part {
  readonly loss: number;
  readonly gradient: Tensor;
}

function partGradient({ model, forward }: Trainee, plan: TrainingPlan, batches: Batches, index: number): Part {
  const dropout = plan.dropout > 0 ? { rate: plan.dropout, seed: [plan.seed, index] as const } : undefined;
  return model.gradient(forward, batches.at(index), { decay: plan.l2, ...(dropout && { dropout }) });
}

/** The mean over the step's parts, of which the worker computes its own; the caller owns the gradient. */
async function meanGradient(parts: readonly (() => Part)[], of: number, { sum }: Collective): Promise<Part> {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('a step needs a share for every worker');
  const { loss, gradient } = first();
  if (of === 1) return { loss, gradient };
  const losses = Float64Array.of(loss);
  const total = taken(gradient);
  for (const other of others) {
    const part = other();
    losses[0] = (losses[0] as number) + part.loss;
    for (const [i, value] of taken(part.gradient).entries()) total[i] = (total[i] as number) + value;
  }
  await sum(losses);
  await sum(total);
  const mean = total.map((value) => value * Math.fround(1 / of));
  return { loss: (losses[0] as number) / of, gradient: backend().create(mean, gradient.shape) };
}

/** The values of a tensor, which is freed. */
function taken(tensor: Tensor): Float32Array {
  const values = readFloats(tensor);
  dispose(tensor);
  return values;
}
