/**
 * REINFORCE (Williams 1992) as TuNAS runs it (Bender et al. 2020, released code, `mobile_architecture_search.py` and
 * `tpu_optimizer_ops.py`): a moving baseline, and Adam without a first moment. State and step are plain numbers.
 */
import { type ControllerChoice, entropyOf, type Policy, probabilities, uniformPolicy } from './policy.js';
import type { Sample } from './sample.js';

/** Exponential average of rewards with its zero bias removed: value = weighted / weight. */
export interface Baseline {
  readonly weighted: number;
  readonly weight: number;
}

/** Everything that a bit-exact continuation needs; JSON as it stands. */
export interface ControllerState {
  readonly policy: Policy;
  /** Adam's second moments, shaped as the logits. */
  readonly squares: readonly (readonly number[])[];
  /** Updates made, those at learning rate 0 included. */
  readonly updates: number;
  readonly baseline: Baseline;
}

/** One sampled architecture and what it earned. */
export interface Outcome {
  readonly sample: Sample;
  readonly reward: number;
}

export interface Rates {
  readonly learningRate: number;
  /** Coefficient of the active choices' entropy in what is maximised. */
  readonly entropyBonus?: number;
}

const baselineMomentum = 0.95; // TuNAS, released default
const beta2 = 0.999; // TuNAS, released default; beta1 is 0
const epsilon = 1e-8; // added after the root

export function startController(choices: readonly ControllerChoice[], temperature = 1): ControllerState {
  const policy = uniformPolicy(choices, temperature);
  return { policy, squares: policy.logits, updates: 0, baseline: { weighted: 0, weight: 0 } };
}

export function updatedBaseline({ weighted, weight }: Baseline, reward: number): Baseline {
  const m = baselineMomentum;
  return { weighted: m * weighted + (1 - m) * reward, weight: m * weight + (1 - m) };
}

/** The average reward; 0 before the first. */
export function baselineValue({ weighted, weight }: Baseline): number {
  return weight === 0 ? 0 : weighted / weight;
}

/**
 * The state after one step's outcomes. The baseline takes in the step's mean reward first, so it contains the current
 * step. The logits ascend the mean over the samples of advantage x d log p; the second moment is the mean of the
 * *squared* per-sample gradients, which noise in random directions makes large. At learning rate 0 baseline and moments
 * still move. The entropy bonus is a plain gradient step beside Adam's, as in the released code.
 */
export function reinforce(state: ControllerState, outcomes: readonly Outcome[], rates: Rates): ControllerState {
  const { policy } = state;
  const n = outcomes.length;
  const updates = state.updates + 1;
  const baseline = updatedBaseline(state.baseline, outcomes.reduce((sum, { reward }) => sum + reward, 0) / n);
  const stepSize = rates.learningRate * Math.sqrt(1 - beta2 ** updates);
  const bonusSize = rates.learningRate * (rates.entropyBonus ?? 0);
  const squares: number[][] = [];
  const logits = policy.logits.map((row, choice) => {
    const distribution = probabilities(row, policy.temperature);
    const gradients = outcomes.map(({ sample, reward }) => {
      const advantage = reward - baselineValue(baseline);
      return logProbGradient(policy, sample, choice, distribution).map((g) => advantage * g);
    });
    const activeShare = outcomes.filter(({ sample }) => sample.active[choice]).length / n;
    const bonus = bonusSize === 0 ? [] : entropyGradient(distribution, policy.temperature);
    const moments = row.map((_, i) => {
      const squared = gradients.reduce((sum, g) => sum + (g[i] as number) ** 2, 0) / n;
      return beta2 * (state.squares[choice]?.[i] as number) + (1 - beta2) * squared;
    });
    squares.push(moments);
    return row.map((logit, i) => {
      const ascent = gradients.reduce((sum, g) => sum + (g[i] as number), 0) / n;
      const step = (stepSize * ascent) / (Math.sqrt(moments[i] as number) + epsilon);
      return logit + step + bonusSize * activeShare * (bonus[i] ?? 0);
    });
  });
  return { policy: { ...policy, logits }, squares, updates, baseline };
}

/**
 * Gradient of a sample's log-probability by the logits of one choice: ([i = drawn] - p_i) / temperature, and 0 where the
 * choice was replaced by a warm-up or does not matter.
 */
export function logProbGradient(
  { temperature }: Pick<Policy, 'temperature'>,
  { decisions, replaced, active }: Sample,
  choice: number,
  distribution: readonly number[],
): number[] {
  if (replaced[choice] || !active[choice]) return distribution.map(() => 0);
  return distribution.map((p, i) => (Number(i === decisions[choice]) - p) / temperature);
}

/** Gradient of a distribution's entropy H by its logits: -p_i (ln p_i + H) / temperature. */
export function entropyGradient(distribution: readonly number[], temperature: number): number[] {
  const total = entropyOf(distribution);
  return distribution.map((p) => (p > 0 ? (-p * (Math.log(p) + total)) / temperature : 0));
}
