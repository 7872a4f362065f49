/** Search for the best architecture of a space by a noiseless reward. */
import type { Random } from '#core/random';
import { randomDecisions } from '#networks/space/random-decisions';
import type { Decisions, Space } from '#networks/space/space';
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
  const tops = [...starts, ...others].map((start) => climbed(space, rewardOf, start));
  return tops.reduce((a, b) => (rewardOf(b) > rewardOf(a) ? b : a));
}

function climbed({ choices }: Space, rewardOf: RewardOf, start: Decisions): Decisions {
  let [best, reward] = [[...start], rewardOf(start)];
  const isBetter = (changed: number[]) => {
    const now = rewardOf(changed);
    if (now <= reward + 1e-12) return false;
    [best, reward] = [[...changed], now];
    return true;
  };
  /** Tries all options of a choice; `then` may continue from each. */
  const tried = (i: number, from: number[], then: (changed: number[]) => boolean): boolean => {
    const before = from[i] as number;
    for (const option of (choices[i] as { options: readonly unknown[] }).options.keys()) {
      if (option === before) continue;
      from[i] = option;
      if (then(from)) return true;
    }
    from[i] = before;
    return false;
  };
  const one = () => choices.some((_, i) => tried(i, [...best], isBetter));
  const two = () =>
    choices.some((_, i) =>
      tried(i, [...best], (changed) => choices.slice(i + 1).some((other) => tried(other.id, changed, isBetter))),
    );
  while (one() || two());
  return best;
}

/** Returns the mean reward of random architectures. */
export function meanReward(space: Space, rewardOf: RewardOf, random: Random, drawn = 1000): number {
  let sum = 0;
  for (let i = 0; i < drawn; i++) sum += rewardOf(randomDecisions(space, random));
  return sum / drawn;
}
