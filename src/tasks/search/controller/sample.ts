/**
 * Samples architectures from the policy, with the two warm-ups of TuNAS (Bender et al. 2020, "Can weight sharing
 * outperform random architecture search?", released code, `controller.py`).
 */
import { drawnOption, type Random } from '#core/random';
import { isActive } from '#networks/space/space';
import { type ControllerChoice, type Policy, probabilities } from './policy.js';

/** The probabilities with which a choice of each kind is replaced by all of its options. */
export interface Warmup {
  readonly op: number;
  readonly filter: number;
}

export interface Sample {
  /** One option per choice; the largest one for a filter choice that the warm-up replaced. */
  readonly decisions: readonly number[];
  /** Op choices that the warm-up replaced: the mean of all their options is used instead of the sampled one. */
  readonly allOn: readonly boolean[];
  /** Choices of either kind that a warm-up replaced; they give no gradient. */
  readonly replaced: readonly boolean[];
  /** Choices that matter: not those inside a skipped or unpicked block. */
  readonly active: readonly boolean[];
}

/** No warm-up: the policy decides every choice. */
export const cold: Warmup = { op: 0, filter: 0 };

/**
 * Returns a sample from the policy. Each choice is replaced independently with the probability of its kind. Every
 * choice consumes two random numbers, whatever their values, so that the stream stays aligned.
 */
export function sample(policy: Policy, random: Random, warmup: Warmup = cold): Sample {
  return drawn(policy, distributionsOf(policy), random, warmup);
}

/** Returns `count` samples of one policy, drawn in order, each as by `sample`. */
export function samples(policy: Policy, count: number, random: Random, warmup: Warmup = cold): Sample[] {
  const distributions = distributionsOf(policy);
  return Array.from({ length: count }, () => drawn(policy, distributions, random, warmup));
}

/** Returns the sample of decisions that no warm-up replaced. */
export function unwarmed(choices: readonly ControllerChoice[], decisions: readonly number[]): Sample {
  const none = choices.map(() => false);
  return { decisions, allOn: none, replaced: none, active: choices.map((choice) => isActive(choice, decisions)) };
}

/** Returns the probabilities of each choice's options. */
function distributionsOf({ logits, temperature }: Policy): number[][] {
  return logits.map((row) => probabilities(row, temperature));
}

function drawn({ choices }: Policy, distributions: readonly number[][], random: Random, warmup: Warmup): Sample {
  const decisions: number[] = [];
  const allOn: boolean[] = [];
  const replaced: boolean[] = [];
  const active: boolean[] = [];
  for (const [i, choice] of choices.entries()) {
    const { kind, largest } = choice;
    const option = drawnOption(distributions[i] as number[], random);
    const isReplaced = random.uniform() < warmup[kind];
    const matters = isActive(choice, decisions, allOn);
    decisions.push(isReplaced && kind === 'filter' ? largest : option);
    allOn.push(isReplaced && kind === 'op');
    replaced.push(isReplaced);
    active.push(matters);
  }
  return { decisions, allOn, replaced, active };
}
