// @ts-check
/**
 * The controller on a table of effects, without a network: does it find the best architecture? Quality is the sum of the
 * effects of the options chosen, and every reward is measured with noise. Used by tests and by `scripts/docs/trust.mjs`.
 */
import { randomStream } from '#core/random';
import { meanOf } from '#core/statistics/scoring';
import { argmax, entropy } from '#tasks/search/controller/policy';
import { reinforce, startController } from '#tasks/search/controller/reinforce';
import { sample } from '#tasks/search/controller/sample';
import { learningRateAt } from '#tasks/search/controller/schedule';

/**
 * @typedef {readonly (readonly number[])[]} Effects  the effect of each option of each choice
 * @typedef {object} TableSearch
 * @property {number} share  the share of the best architecture's gain over the mean one that the policy's argmax reaches
 * @property {number} entropy  the policy's at the end, relative to the uniform policy's
 */

/**
 * Draws effects from a normal distribution with standard deviation 0.01.
 *
 * @param {number} choices
 * @param {number} options  of each choice
 * @param {import('#core/random').Random} random
 * @returns {Effects}
 */
export function normalEffects(choices, options, random) {
  return Array.from({ length: choices }, () => Array.from({ length: options }, () => 0.01 * random.normal()));
}

/**
 * @param {Effects} effects
 * @param {import('#tasks/search/controller/schedule').Schedule} plan
 * @param {number} noise  standard deviation of the noise on a reward
 * @param {number} seed
 * @returns {TableSearch}
 */
export function tableSearch(effects, plan, noise, seed) {
  const random = randomStream(`${seed}/controller`);
  const noiseOf = randomStream(`${seed}/noise`);
  const choices = effects.map(({ length: options }, i) => ({
    path: `choice ${i}`,
    options,
    kind: /** @type {const} */ ('op'),
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

/**
 * The gain over the mean architecture.
 *
 * @param {Effects} effects @param {readonly number[]} decisions
 */
function gainOf(effects, decisions) {
  return effects.reduce(
    (sum, row, i) => sum + /** @type {number} */ (row[/** @type {number} */ (decisions[i])]) - meanOf(row),
    0,
  );
}
