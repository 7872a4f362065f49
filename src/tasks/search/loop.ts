/**
 * The search loop of the paper (TuNAS, Bender et al. 2020): sample architectures, train the shared weights with them,
 * measure their quality on validation images, combine it with their costs into a reward, and update the controller.
 * Everything else is behind the ports, so the same loop also runs on a table of rewards without tensors.
 */

import { traced } from '#core/trace';
import type { Policy } from '#tasks/search/controller/policy';
import type { ControllerState, Outcome } from '#tasks/search/controller/reinforce';
import { reinforce } from '#tasks/search/controller/reinforce';
import { type CostTerm, type RewardKind, reward } from '#tasks/search/controller/reward';
import type { Sample } from '#tasks/search/controller/sample';

export interface SearchPorts {
  /** Samples the step's architectures. */
  samples(policy: Policy, step: number): readonly Sample[];
  /** Updates the weights once; resolves to the mean cross-entropy in nats. */
  trainStep(samples: readonly Sample[], step: number): Promise<number>;
  /** Quality of each sample with the updated weights, on validation images. */
  qualities(samples: readonly Sample[], step: number): Promise<readonly number[]>;
  /** The sample's costs with their targets. */
  costs(sample: Sample): readonly CostTerm[];
  /** Records every step; resolves to false to stop the search. */
  record(step: SearchStep): Promise<boolean>;
}

/** One step's outcome. */
export interface SearchStep {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly outcomes: readonly (Outcome & { readonly quality: number; readonly costs: readonly CostTerm[] })[];
  readonly state: ControllerState;
}

export interface SearchPlan {
  readonly from: number;
  readonly steps: number;
  readonly reward: RewardKind;
  /** The controller's learning rate at a step. */
  learningRate(step: number): number;
  readonly entropyBonus: number;
}

/** Runs the steps; returns the controller's state after the last one or the one at which `record` stops the search. */
export async function searchLoop(
  state: ControllerState,
  plan: SearchPlan,
  ports: SearchPorts,
): Promise<ControllerState> {
  for (let step = plan.from; step < plan.steps; step++) {
    const samples = ports.samples(state.policy, step);
    const loss = await ports.trainStep(samples, step);
    const qualities = await ports.qualities(samples, step);
    const outcomes = samples.map((sample, k) => {
      const quality = qualities[k] as number;
      const costs = ports.costs(sample);
      return { sample, quality, costs, reward: reward(plan.reward, quality, costs) };
    });
    const learningRate = plan.learningRate(step);
    const before = state;
    state = traced('controller', 'reinforce', () =>
      reinforce(before, outcomes, { learningRate, entropyBonus: plan.entropyBonus }),
    );
    if (!(await ports.record({ step, loss, learningRate, outcomes, state }))) break;
  }
  return state;
}
