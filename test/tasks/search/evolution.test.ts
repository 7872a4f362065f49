import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { drawNetworks } from '#networks/space/draw-networks';
import { networkKey } from '#networks/space/network-key';
import { parseSpace } from '#networks/space/parse';
import { close, type Decisions } from '#networks/space/space';
import { readSearchConfig } from '#tasks/search/config/config';
import { type EvolutionPlan, evolve } from '#tasks/search/evolution';
import { onTarget, targetTest } from '#tasks/search/on-target';
import { planCoarse, planFine, standInFor } from '#tasks/search/plan';

const located = readSearchConfig('configs/cifar10.yaml');
const { task } = planFine(located, standInFor(planCoarse(located).task));
const { space } = task;
const passes = targetTest(task);

/** Evolves networks whose rewards are sums of effects drawn from a seed; returns the generations and the best reward. */
async function evolved(seed: number, changes: Partial<EvolutionPlan> = {}) {
  const random = randomStream(`evolution/${seed}`);
  const effects = space.choices.map(({ options }) => options.map(() => random.normal()));
  const rewardOf = (decisions: Decisions) =>
    effects.reduce((sum, row, i) => sum + (row[decisions[i] as number] as number), 0);
  const generations: (readonly Decisions[])[] = [];
  const first = drawNetworks(space, random, 16, passes);
  const all = await evolve({ space, first, count: 64, random, passes, ...changes }, async (generation) => {
    generations.push(generation);
    return generation.map((decisions) => ({ decisions, reward: rewardOf(decisions) }));
  });
  const best = Math.max(...all.map(({ reward }) => reward));
  return { all, generations, best, rewardOf, random };
}

describe('an evolutionary search', () => {
  it('evaluates as many different networks as it may, all of which pass, in generations of one size', async () => {
    const { all, generations } = await evolved(1);
    expect(new Set(all.map(({ decisions }) => networkKey(close(space, decisions)))).size).toBe(64);
    expect(all.every(({ decisions }) => passes(decisions))).toBe(true);
    expect(generations.map(({ length }) => length)).toEqual([16, 16, 16, 16]);
  });

  it('finds networks at least as good as the best of as many random ones in 19 of 20 cases', async () => {
    let won = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { best, rewardOf, random } = await evolved(seed);
      const drawn = drawNetworks(space, random, 64, passes).map(rewardOf);
      won += best >= Math.max(...drawn) ? 1 : 0;
    }
    expect(won).toBeGreaterThanOrEqual(19);
  });

  it('takes a first generation that holds a network twice', async () => {
    const [one, other] = onTarget({ ...task, seed: 1 }, 2) as [Decisions, Decisions];
    const { generations } = await evolved(2, { first: [one, one, one, other], count: 8 });
    expect(generations.map(({ length }) => length)).toEqual([2, 4, 2]);
  });

  it('ends when a space has no other networks', async () => {
    const block = (startKernel: string) =>
      `{ kind: uib, startKernel: ${startKernel}, midKernel: 3, expand: 4, out: 8 }`;
    const small = parseSpace(
      'small.yaml',
      `name: small\ninput: { resolution: 8, channels: 1 }\nclasses: 2\nactivation: relu\nstages:\n  - blocks: [${block('[0, 3]')}, ${block('[0, 5]')}]\nhead: { conv: 8, hidden: 0 }\n`,
    );
    const evaluated: Decisions[] = [];
    const plan = { space: small, first: [[0, 0]], count: 64, random: randomStream('small'), passes: () => true };
    await evolve(plan, async (generation) => {
      evaluated.push(...generation);
      return generation.map((decisions) => ({ decisions, reward: 0 }));
    });
    expect(evaluated).toHaveLength(4);
  });
});
