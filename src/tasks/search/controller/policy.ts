/**
 * What the search has learned so far: one independent categorical distribution per choice. Plain numbers, JSON as they
 * stand; nothing here knows what a choice is about.
 */

/** What the controller must know of one choice. */
export interface ControllerChoice {
  readonly path: string;
  readonly options: number;
  /** Op choices swap layers, filter choices resize them: they are warmed up differently. */
  readonly kind: 'op' | 'filter';
  /** The option that stands in for all of them while a filter choice is warmed up: its largest value. */
  readonly largest: number;
  /** The decisions under which this choice matters: all must hold. They speak of earlier choices. */
  readonly when: readonly { readonly choice: number; readonly option: number }[];
}

export interface Policy {
  readonly choices: readonly ControllerChoice[];
  /** Divides the logits: above 1 it evens the probabilities out. */
  readonly temperature: number;
  /** Per choice one logit per option. */
  readonly logits: readonly (readonly number[])[];
}

/** The policy that a search starts from: every option of a choice equally likely. */
export function uniformPolicy(choices: readonly ControllerChoice[], temperature = 1): Policy {
  return { choices, temperature, logits: choices.map(({ options }) => new Array<number>(options).fill(0)) };
}

/** Probabilities of a choice's options: softmax(logits / temperature). */
export function probabilities(logits: readonly number[], temperature: number): number[] {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp((logit - highest) / temperature));
  let total = 0;
  for (const weight of weights) total += weight;
  return weights.map((weight) => weight / total);
}

/** Entropy of a distribution in nats. */
export function entropyOf(distribution: readonly number[]): number {
  return distribution.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

/**
 * How undecided a policy is: the mean entropy of its choices in nats, and the same relative to that of the uniform
 * policy, from 1 at the start to 0 where every choice is settled.
 */
export function entropy({ choices, logits, temperature }: Policy): { mean: number; relative: number } {
  if (choices.length === 0) return { mean: 0, relative: 0 };
  const sum = logits.reduce((total, row) => total + entropyOf(probabilities(row, temperature)), 0);
  const uniform = choices.reduce((total, { options }) => total + Math.log(options), 0);
  return { mean: sum / choices.length, relative: uniform === 0 ? 0 : sum / uniform };
}

/** The most likely option of every choice, the first of them at a tie. */
export function argmax({ logits }: Policy): number[] {
  return logits.map((row) => row.indexOf(Math.max(...row)));
}
