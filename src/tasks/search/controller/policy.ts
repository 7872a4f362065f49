/**
 * The controller's policy: one independent categorical distribution per choice. It consists of plain numbers that
 * serialise to JSON and does not depend on the meaning of a choice.
 */

/** A choice as the controller sees it. */
export interface ControllerChoice {
  readonly path: string;
  readonly options: number;
  /** Op choices swap layers, filter choices resize them; their warm-ups differ. */
  readonly kind: 'op' | 'filter';
  /** The option with the largest value, which a filter choice's warm-up uses in place of all options. */
  readonly largest: number;
  /** Decisions of earlier choices that must all hold for this choice to matter. */
  readonly when: readonly { readonly choice: number; readonly option: number }[];
}

export interface Policy {
  readonly choices: readonly ControllerChoice[];
  /** Divides the logits; a temperature above 1 flattens the probabilities. */
  readonly temperature: number;
  /** One logit per option of each choice. */
  readonly logits: readonly (readonly number[])[];
}

/** Returns the initial policy of a search: all options of a choice are equally likely. */
export function uniformPolicy(choices: readonly ControllerChoice[], temperature = 1): Policy {
  return { choices, temperature, logits: choices.map(({ options }) => new Array<number>(options).fill(0)) };
}

/** Returns the probabilities of a choice's options: softmax(logits / temperature). */
export function probabilities(logits: readonly number[], temperature: number): number[] {
  const highest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp((logit - highest) / temperature));
  let total = 0;
  for (const weight of weights) total += weight;
  return weights.map((weight) => weight / total);
}

/** Returns the entropy of a distribution in nats. */
export function entropyOf(distribution: readonly number[]): number {
  return distribution.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

/**
 * Returns the mean entropy of a policy's choices in nats, and the same relative to that of the uniform policy, from 1
 * at the start to 0 where every choice is settled.
 */
export function entropy({ choices, logits, temperature }: Policy): { mean: number; relative: number } {
  if (choices.length === 0) return { mean: 0, relative: 0 };
  const sum = logits.reduce((total, row) => total + entropyOf(probabilities(row, temperature)), 0);
  const uniform = choices.reduce((total, { options }) => total + Math.log(options), 0);
  return { mean: sum / choices.length, relative: uniform === 0 ? 0 : sum / uniform };
}

/** Returns the most likely option of every choice; the first one on a tie. */
export function argmax({ logits }: Policy): number[] {
  return logits.map((row) => row.indexOf(Math.max(...row)));
}
