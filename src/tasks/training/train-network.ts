/** Plain training of one network: the loop, and the statistics that it is evaluated with. */

import type { Batch, Batches } from '#data/sets/loader';
import { type Collective, shareOf, sumsOver } from '#jobs/workers/collective';
import { Learner, type Part } from '#networks/nn/learner';
import { Model } from '#networks/nn/model';
import { type Forward, networkForward, weightLayout } from '#networks/nn/network';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import type { StatisticsByName } from '#networks/nn/pass';
import { warmupCosine } from '#networks/nn/warmup-cosine';
import type { Architecture } from '#networks/space/space';

export interface TrainingPlan {
  readonly from: number;
  readonly steps: number;
  readonly warmupSteps: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly dropout: number;
  readonly stochasticDepth: number;
  readonly seed: number;
  /** Parts of a step's batch, each normalised by itself. */
  readonly microBatches: number;
}

export interface TrainingStep {
  readonly step: number;
  /** Mean cross-entropy of the batch in nats. */
  readonly loss: number;
  readonly learningRate: number;
}

/** A network in training. */
export class Trainee extends Learner {
  readonly network: Architecture;
  readonly forward: Forward;

  constructor(network: Architecture, optimizer: OptimizerSpec, seed: number) {
    const forward = networkForward(network);
    super(new Model(network, weightLayout(network, forward), String(seed)), optimizer);
    this.network = network;
    this.forward = forward;
  }

  /** Means of the first batches' statistics; the caller owns them. */
  statistics(batches: Batches, count: number): StatisticsByName {
    const first = (function* (): Generator<Batch> {
      for (let i = 0; i < count; i++) yield batches.at(i);
    })();
    return this.model.estimateStatistics(this.forward, first);
  }
}

/**
 * Trains until the plan's last step, or until `record` says to stop.
 *
 * @param batches     one micro-batch each: micro-batch k of step s is batch s * microBatches + k
 * @param collective  who computes the micro-batches; each worker its own, and all of them every update
 */
export async function trainNetwork(
  trainee: Trainee,
  plan: TrainingPlan,
  batches: Batches,
  collective: Collective,
  record: (step: TrainingStep) => Promise<boolean>,
): Promise<void> {
  const rate = warmupCosine(plan.learningRate, plan.steps, plan.warmupSteps);
  const sums = sumsOver(collective);
  const microBatches = Array.from({ length: plan.microBatches }, (_, k) => k);
  for (let step = plan.from; step < plan.steps; step++) {
    const own = shareOf(collective, microBatches).map(({ k }) => step * plan.microBatches + k);
    const parts = own.map((index) => shareGradient(trainee, plan, batches, index));
    const learningRate = rate(step);
    const loss = await trainee.update(parts, { step, learningRate, of: plan.microBatches, sums });
    if (!(await record({ step, loss, learningRate }))) return;
  }
}

function shareGradient({ model, forward }: Trainee, plan: TrainingPlan, batches: Batches, index: number): Part {
  const seed = [plan.seed, index] as const;
  const drops = {
    ...(plan.dropout > 0 && { dropout: { rate: plan.dropout, seed } }),
    ...(plan.stochasticDepth > 0 && { stochasticDepth: { rate: plan.stochasticDepth, seed } }),
  };
  return (into) => model.gradient(forward, batches.at(index), { decay: plan.l2, into, ...drops });
}
