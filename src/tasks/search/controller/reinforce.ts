/**
 * REINFORCE (Williams 1992) as TuNAS runs it (Bender et al. 2020, released code, `mobile_architecture_search.py` and
 * `tpu_optimizer_ops.py`): a moving baseline, and Adam without a first moment. State and step are plain numbers.
 */
import { type ControllerChoice, entropyOf, type Policy, probabilities, uniformPolicy } from './policy.js';
import type { Sample } from './sample.js';

/** Exponential moving average of rewards, corrected for its start at 0: value = weighted / weight. */
export interface Baseline {
  readonly weighted: number;
  readonly weight: number;
}

/** Everything that a bit-exact resume needs; serialises to JSON. */
export interface ControllerState {
  readonly policy: Policy;
  /** Adam's second moments, in the shape of the logits. */
  readonly squares: readonly (readonly number[])[];
  /** Number of updates, including those at learning rate 0. */
  readonly updates: number;
  readonly baseline: Baseline;
}

/** A sampled architecture and its reward. */
export interface Outcome {
  readonly sample: Sample;
  readonly reward: number;
}

export interface Rates {
  readonly learningRate: number;
  /** Coefficient of the active choices' entropy in the objective. */
  readonly entropyBonus?: number;
}

const baselineMomentum = 0.95; // TuNAS, released default
const beta2 = 0.999; // TuNAS, released default; beta1 is 0
const epsilon = 1e-8; // added after the square root

export function startController(choices: readonly ControllerChoice[], temperature = 1): ControllerState {
  const policy = uniformPolicy(choices, temperature);
  return { policy, squares: policy.logits, updates: 0, baseline: { weighted: 0, weight: 0 } };
}

export function updatedBaseline({ weighted, weight }: Baseline, reward: number): Baseline {
  const m = baselineMomentum;
  return { weighted: m * weighted + (1 - m) * reward, weight: m * weight + (1 - m) };
}

/** Returns the average reward; 0 before the first one. */
export function baselineValue({ weighted, weight }: Baseline): number {
  return weight === 0 ? 0 : weighted / weight;
}

/**
 * Returns the state after one step's outcomes. The baseline is updated with the step's mean reward first, so it
 * contains the current step. The logits ascend the mean over the samples of advantage x d log p; the second moment is
 * the mean of the *squared* per-sample gradients, which is large if noise gives them random directions. At learning
 * rate 0 the baseline and the moments are still updated. The entropy bonus is a plain gradient step added to Adam's, as
 * in the released code.
 */
export function reinforce(state: ControllerState, outcomes: readonly Outcome[], rates: Rates): ControllerState {
  const { policy } = state;
  const { temperature } = policy;
  const n = outcomes.length;
  const updates = state.updates + 1;
  const baseline = updatedBaseline(state.baseline, outcomes.reduce((sum, { reward }) => sum + reward, 0) / n);
  const advantages = outcomes.map(({ reward }) => reward - baselineValue(baseline));
  const stepSize = rates.learningRate * Math.sqrt(1 - beta2 ** updates);
  const bonusSize = rates.learningRate * (rates.entropyBonus ?? 0);
  const squares: number[][] = [];
  const logits = policy.logits.map((row, choice) => {
    const distribution = probabilities(row, temperature);
    const { sums, squaredSums } = gradientSums(temperature, outcomes, advantages, choice, distribution);
    const moments = squaredSums.map(
      (sum, i) => beta2 * (state.squares[choice]?.[i] as number) + (1 - beta2) * (sum / n),
    );
    squares.push(moments);
    const bonus = bonusSize === 0 ? [] : entropyGradient(distribution, temperature);
    const activeShare = outcomes.filter(({ sample }) => sample.active[choice]).length / n;
    return row.map((logit, i) => {
      const step = (stepSize * ((sums[i] as number) / n)) / (Math.sqrt(moments[i] as number) + epsilon);
      return logit + step + bonusSize * activeShare * (bonus[i] ?? 0);
    });
  });
  return { policy: { ...policy, logits }, squares, updates, baseline };
}

/**
 * Returns, per option of one choice, the sum of the samples' gradients, advantage x d log p, and that of their squares.
 */
function gradientSums(
  temperature: number,
  outcomes: readonly Outcome[],
  advantages: readonly number[],
  choice: number,
  distribution: readonly number[],
): { sums: number[]; squaredSums: number[] } {
  const sums = distribution.map(() => 0);
  const squaredSums = distribution.map(() => 0);
  for (const [k, { sample }] of outcomes.entries()) {
    if (!givesGradient(sample, choice)) continue;
    for (let i = 0; i < distribution.length; i++) {
      const slope = logProbSlope(i === sample.decisions[choice], distribution[i] as number, temperature);
      const gradient = (advantages[k] as number) * slope;
      sums[i] = (sums[i] as number) + gradient;
      squaredSums[i] = (squaredSums[i] as number) + gradient ** 2;
    }
  }
  return { sums, squaredSums };
}

/** True unless a warm-up replaced the choice or it does not matter in the sample. */
function givesGradient({ replaced, active }: Sample, choice: number): boolean {
  return !replaced[choice] && (active[choice] as boolean);
}

/** Returns the derivative of a sample's log-probability by the logit of an option of probability p. */
export function logProbSlope(wasDrawn: boolean, p: number, temperature: number): number {
  return (Number(wasDrawn) - p) / temperature;
}

/** Returns the gradient of a distribution's entropy H by its logits: -p_i (ln p_i + H) / temperature. */
export function entropyGradient(distribution: readonly number[], temperature: number): number[] {
  const total = entropyOf(distribution);
  return distribution.map((p) => (p > 0 ? (-p * (Math.log(p) + total)) / temperature : 0));
}
