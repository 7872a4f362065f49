/** What a policy costs, to be read beside the targets. */

import { randomStream } from '#core/random';
import { argmax, type Policy, probabilities } from '#tasks/search/controller/policy';
import { streamOf } from '#tasks/search/stage/stage-task';
import type { SearchParts } from './ports.js';

export interface PolicyCost {
  /** The mean over the architectures that the policy draws. */
  readonly expected: number;
  /** Of its most likely architecture. */
  readonly argmax: number;
}

/** The policy's costs after so many steps, in the order of the targets. They depend on nothing else, also on resuming. */
export function policyCosts(parts: SearchParts, policy: Policy, step: number): PolicyCost[] {
  const { costTable } = parts;
  const distributions = policy.logits.map((row) => probabilities(row, policy.temperature));
  const expected = costTable.expected(distributions, randomStream(`${streamOf(parts.task)}/expected-costs/${step}`));
  const likely = costTable.evaluate(argmax(policy));
  return [...expected].map((mean, i) => ({ expected: mean, argmax: likely[i] as number }));
}
