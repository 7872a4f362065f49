/** Costs of a policy, for comparison with the targets. */

import { randomStream } from '#core/random';
import { argmax, type Policy, probabilities } from '#tasks/search/controller/policy';
import { streamOf } from '#tasks/search/stage/stage-task';
import type { SearchParts } from './ports.js';

export interface PolicyCost {
  /** Mean over the architectures that the policy samples. */
  readonly expected: number;
  /** Cost of the most likely architecture. */
  readonly argmax: number;
}

/**
 * Returns the policy's costs after `step` steps, in the order of the targets. They depend only on the task, the policy
 * and the step, so a resumed run reproduces them.
 */
export function policyCosts(parts: SearchParts, policy: Policy, step: number): PolicyCost[] {
  const { costTable } = parts;
  const distributions = policy.logits.map((row) => probabilities(row, policy.temperature));
  const expected = costTable.expected(distributions, randomStream(`${streamOf(parts.task)}/expected-costs/${step}`));
  const likely = costTable.evaluate(argmax(policy));
  return [...expected].map((mean, i) => ({ expected: mean, argmax: likely[i] as number }));
}
