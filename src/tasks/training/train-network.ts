/** Plain training of one network: the loop, and the BN statistics for its evaluation. */

import type { NamedTensor } from '#data/files/safetensors';
import { batchesAt, firstBatches } from '#data/sets/batches-in-turn';
import type { Batch, Batches } from '#data/sets/loader';
import { type Collective, reducerOf, shareOf } from '#jobs/workers/collective';
import { Learner } from '#networks/nn/learner';
import type { Part } from '#networks/nn/mean-gradient';
import { disposeStatistics, Model } from '#networks/nn/model';
import { type Forward, networkForward, weightLayout } from '#networks/nn/network';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import type { StatisticsByName } from '#networks/nn/pass';
import { warmupCosine } from '#networks/nn/warmup-cosine';
import type { AverageSpec } from '#networks/nn/weight-average';
import type { Architecture } from '#networks/space/space';
import type { PrecisionSetting } from '#networks/tensor/precision';
import { trainedTensors } from './trained-network.js';

export interface TrainingPlan {
  readonly from: number;
  readonly steps: number;
  readonly warmupSteps: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly dropout: number;
  readonly stochasticDepth: number;
  readonly seed: number;
  /** Parts of a step's batch, each normalised separately. */
  readonly microBatches: number;
  readonly precision?: PrecisionSetting | undefined;
}

export interface TrainingStep {
  readonly step: number;
  /** Mean cross-entropy of the batch in nats. */
  readonly loss: number;
  readonly learningRate: number;
}

/** The network that a training ends with. */
export interface TrainedResult {
  /** Its weights and statistics by name. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  logits(batch: Batch): Float32Array;
  /** The logits while weights and values are rounded, after quantization-aware training. */
  int8?(batch: Batch): Float32Array;
  dispose(): void;
}

/** Weights that a training updates, and the forward pass that uses them. */
export interface TrainedForward extends Learner {
  readonly forward: Forward;
  /**
   * Returns the result, which the caller disposes before the learner.
   *
   * @param count  batches on which BN statistics are estimated, where there are any
   */
  conclude(batches: Batches, count: number): Promise<TrainedResult>;
}

/** A network in training. */
export class Trainee extends Learner implements TrainedForward {
  readonly network: Architecture;
  readonly forward: Forward;

  constructor(network: Architecture, optimizer: OptimizerSpec, seed: number, average?: AverageSpec) {
    const forward = networkForward(network);
    super(new Model(network, weightLayout(network, forward), String(seed)), optimizer, average);
    this.network = network;
    this.forward = forward;
  }

  /** Returns the result's BN statistics over the first `count` batches; the caller owns them. */
  statistics(batches: Batches, count: number): Promise<StatisticsByName> {
    return this.result.estimateStatistics(this.forward, firstBatches(batches, count));
  }

  async conclude(batches: Batches, count: number): Promise<TrainedResult> {
    const statistics = await this.statistics(batches, count);
    return {
      tensors: trainedTensors(this.result, statistics),
      logits: (batch) => this.result.logits(this.forward, batch, statistics),
      dispose: () => disposeStatistics(statistics),
    };
  }
}

/**
 * Trains until the plan's last step, or until `record` resolves to false.
 *
 * @param batches     one micro-batch each: micro-batch k of step s is batch s * microBatches + k
 * @param collective  workers that share the micro-batches of a step; all of them make every update
 */
export async function trainNetwork(
  trainee: TrainedForward,
  plan: TrainingPlan,
  batches: Batches,
  collective: Collective,
  record: (step: TrainingStep) => Promise<boolean>,
): Promise<void> {
  const rate = warmupCosine(plan.learningRate, plan.steps, plan.warmupSteps);
  const reducer = reducerOf(collective);
  const microBatches = Array.from({ length: plan.microBatches }, (_, k) => k);
  const ownOf = (step: number) => shareOf(collective, microBatches).map(({ k }) => step * plan.microBatches + k);
  for (let step = plan.from; step < plan.steps; step++) {
    const own = ownOf(step);
    const found = await batchesAt(batches, own, step + 1 < plan.steps ? ownOf(step + 1) : []);
    const parts = found.map((batch, i) => shareGradient(trainee, plan, batch, own[i] as number));
    const learningRate = rate(step);
    const loss = await trainee.update(parts, { step, learningRate, of: plan.microBatches, reducer });
    if (!(await record({ step, loss, learningRate }))) return;
  }
}

function shareGradient({ model, forward }: TrainedForward, plan: TrainingPlan, batch: Batch, index: number): Part {
  const seed = [plan.seed, index] as const;
  const drops = {
    ...(plan.dropout > 0 && { dropout: { rate: plan.dropout, seed } }),
    ...(plan.stochasticDepth > 0 && { stochasticDepth: { rate: plan.stochasticDepth, seed } }),
  };
  return (into) => model.gradient(forward, batch, { decay: plan.l2, into, precision: plan.precision, ...drops });
}
