/** Plain training of one network: the loop, its start from a saved state, and the statistics it is evaluated with. */

import { warmupCosine } from '../core/schedule.js';
import type { Batch, Batches } from '../data/loader.js';
import { dispose } from '../nn/backend.js';
import { Model } from '../nn/model.js';
import { type NamedTensor, namedTensors, restoreTensors } from '../nn/named-tensors.js';
import { type Forward, networkForward, weightLayout } from '../nn/network.js';
import { createOptimizer, type Optimizer, type OptimizerSpec } from '../nn/optimizer.js';
import type { StatisticsByName } from '../nn/pass.js';
import type { Architecture } from '../space/space.js';

export interface TrainingPlan {
  readonly from: number;
  readonly steps: number;
  readonly warmupSteps: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly dropout: number;
  readonly seed: number;
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

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  #vectors() {
    return new Map([['weights', this.model.weights], ...this.optimizer.slots]);
  }
}

/** Trains until the plan's last step, or until `record` says to stop. */
export async function trainNetwork(
  trainee: Trainee,
  plan: TrainingPlan,
  batches: Batches,
  record: (step: TrainingStep) => Promise<boolean>,
): Promise<void> {
  const rate = warmupCosine(plan.learningRate, plan.steps, plan.warmupSteps);
  for (let step = plan.from; step < plan.steps; step++) {
    const dropout = plan.dropout > 0 ? { rate: plan.dropout, seed: [plan.seed, step] as const } : undefined;
    const options = { decay: plan.l2, ...(dropout && { dropout }) };
    const { loss, gradient } = trainee.model.gradient(trainee.forward, batches.at(step), options);
    const learningRate = rate(step);
    trainee.optimizer.apply(trainee.model.weights, gradient, learningRate, step);
    dispose(gradient);
    if (!(await record({ step, loss, learningRate }))) return;
  }
}
