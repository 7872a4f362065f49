/**
 * The controller on a table of effects, no network at all: does it find what is there to be found? Quality is the sum of
 * the effects of the options chosen, and every reward is measured with noise.
 */
import { type Random, randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { argmax, entropy } from './policy.js';
import { reinforce, startController } from './reinforce.js';
import { sample } from './sample.js';
import { learningRateAt, type Schedule } from './schedule.js';

/** Per choice the effect of each option. */
export type Effects = readonly (readonly number[])[];

/** So many choices of so many options, their effects normal with standard deviation .01. */
export function normalEffects(choices: number, options: number, random: Random): Effects {
  return Array.from({ length: choices }, () => Array.from({ length: options }, () => 0.01 * random.normal()));
}

export interface TableSearch {
  /** Of the gain that the best architecture has over the mean one, the share that the policy's argmax reaches. */
  readonly share: number;
  /** Of the policy at the end, relative to the uniform one. */
  readonly entropy: number;
}

/** @param noise  standard deviation of the noise on a reward */
export function tableSearch(effects: Effects, plan: Schedule, noise: number, seed: number): TableSearch {
  const random = randomStream(`${seed}/controller`);
  const noiseOf = randomStream(`${seed}/noise`);
  const choices = effects.map(({ length: options }, i) => ({
    path: `choice ${i}`,
    options,
    kind: 'op' as const,
    largest: 0,
    when: [],
  }));
  let state = startController(choices);
  for (let step = 0; step < plan.steps; step++) {
    const drawn = sample(state.policy, random);
    const reward = gainOf(effects, drawn.decisions) + noise * noiseOf.normal();
    state = reinforce(state, [{ sample: drawn, reward }], { learningRate: learningRateAt(plan, step) });
  }
  const most = effects.reduce((sum, row) => sum + Math.max(...row) - meanOf(row), 0);
  return { share: gainOf(effects, argmax(state.policy)) / most, entropy: entropy(state.policy).relative };
}

/** Over the mean architecture. */
function gainOf(effects: Effects, decisions: readonly number[]): number {
  return effects.reduce((sum, row, i) => sum + (row[decisions[i] as number] as number) - meanOf(row), 0);
}
