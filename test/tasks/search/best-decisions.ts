/** Search for the best architecture of a space by a noiseless reward. */
import type { Random } from '#core/random';
import { randomDecisions } from '#networks/space/random-decisions';
import type { Decisions, Space } from '#networks/space/space';
import { climb } from '#tasks/search/prediction/climb';
import { allDecisions } from '#test/networks/space/random-space';

type RewardOf = (decisions: Decisions) => number;

/** Returns the highest reward in a space that is small enough for an exhaustive search. */
export function highestReward(space: Space, rewardOf: RewardOf): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const decisions of allDecisions(space)) highest = Math.max(highest, rewardOf(decisions));
  return highest;
}

/**
 * Returns the best of several climbs, from given and random starts. A climb changes one choice as long as that
 * improves the reward, then two at once, until neither does.
 */
export function bestFound(
  space: Space,
  rewardOf: RewardOf,
  starts: readonly Decisions[],
  random: Random,
  more = 2,
): Decisions {
  const others = Array.from({ length: more }, () => randomDecisions(space, random));
  const tops = [...starts, ...others].map((start) => climb(space, rewardOf, start).decisions);
  return tops.reduce((a, b) => (rewardOf(b) > rewardOf(a) ? b : a));
}

/** Returns the mean reward of random architectures. */
export function meanReward(space: Space, rewardOf: RewardOf, random: Random, drawn = 1000): number {
  let sum = 0;
  for (let i = 0; i < drawn; i++) sum += rewardOf(randomDecisions(space, random));
  return sum / drawn;
}
