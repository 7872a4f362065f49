import type { Bucket, SummaryValue } from '#jobs/runs/tensorboard/event-message';
import { type Policy, probabilities } from '#tasks/search/controller/policy';

/**
 * A histogram of each choice under `policy/PATH`: the bucket around the number of an option has the option's probability
 * as its count, so that TensorBoard draws the distribution over the options.
 */
export function policyHistograms({ choices, logits, temperature }: Policy): SummaryValue[] {
  return choices.map(({ path }, i) => ({
    tag: `policy/${path}`,
    buckets: probabilities(logits[i] as readonly number[], temperature).map((p, k): Bucket => [k - 0.5, k + 0.5, p]),
  }));
}
