/**
 * Convergence of a search to the optimum in spaces of realistic size: the medium config's spaces,
 * samples, warm-ups, delay and noise, on synthetic qualities, in far fewer steps; one seed here, a hundred in
 * `npm run proof:convergence`.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { readSpace } from '#networks/space/parse';
import { findSpace } from '#networks/zoo/shipped';
import { readSearchConfig } from '#tasks/search/config/config';
import type { CostTerm } from '#tasks/search/controller/reward';
import { planCoarse, planFine, standInFor } from '#tasks/search/plan';
import { type Rehearsal, rehearse, shortened } from '#tasks/search/rehearsal';
import type { StageTask } from '#tasks/search/stage/stage-task';
import { bestFound, highestReward, meanReward } from './best-decisions.js';
import { mostOf, seedsOf, underMost } from './seeds.js';

const config = readSearchConfig('configs/mnv4-conv-m.yaml');
const coarse = planCoarse(config).task;
const fine = planFine(config, standInFor(coarse)).task;
const oneStage = { ...coarse, space: readSpace(findSpace('mnv4-conv-m.one-stage')) };

interface Found {
  /** The winner's share of the gain in reward that the best architecture has over the mean one. */
  readonly share: number;
  readonly costs: readonly CostTerm[];
}

const untargeted = (plan: StageTask): StageTask => ({ ...plan, targets: [] });

/** Runs the search under each seed and returns its results. */
async function searched(plan: StageTask, seeds: readonly number[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const seed of seeds) {
    const rehearsal = await rehearse(plan, `${seed}/${plan.stage}`);
    found.push({ share: shareOf(plan, rehearsal, seed), costs: rehearsal.costs });
  }
  return found;
}

/** Returns the share of the possible gain; under a target the best of 43,904 coarse ones is exact, else by climbing. */
function shareOf({ space, targets }: StageTask, { decisions, rewardOf }: Rehearsal, seed: number): number {
  const random = randomStream(`${seed}/others`);
  const mean = meanReward(space, rewardOf, random);
  const climbed = () => rewardOf(bestFound(space, rewardOf, [decisions], random));
  const best = targets.length > 0 && space.choices.length <= 10 ? highestReward(space, rewardOf) : climbed();
  return (rewardOf(decisions) - mean) / (best - mean);
}

const seeds = seedsOf(100);
const most = mostOf(seeds);
const reaching = (found: readonly Found[]) => found.filter(({ share }) => share >= 0.95).length;
const isNear = ({ value, target }: CostTerm) => Math.abs(value / target - 1) <= 0.05;

it('climbing from a few starts finds nearly the same reward as from many', async () => {
  const { space } = fine;
  for (const seed of seedsOf(3)) {
    const { rewardOf, decisions } = await rehearse(shortened(fine, 50), `${seed}`);
    const best = (starts: number) =>
      rewardOf(bestFound(space, rewardOf, [decisions], randomStream(`${seed}/starts`), starts));
    const gain = best(20) - meanReward(space, rewardOf, randomStream(`${seed}/mean`));
    expect(best(20) - best(2)).toBeLessThan(0.01 * gain);
  }
});

describe(`a search of the medium space, ${underMost(seeds)}`, { timeout: 600_000 }, () => {
  it('reaches 95 % of the possible gain in its coarse space, in 250 steps', async () => {
    expect(reaching(await searched(shortened(untargeted(coarse), 250), seeds))).toBeGreaterThanOrEqual(most);
  });

  it('reaches 95 % of the possible gain in its fine space, 34 choices, in 250 steps', async () => {
    expect(fine.space.choices.length).toBe(34);
    expect(reaching(await searched(shortened(untargeted(fine), 250), seeds))).toBeGreaterThanOrEqual(most);
  });

  describe.each([
    ['coarse', coarse, 500],
    ['fine', fine, 250],
  ] as const)('of its %s stage', (_, plan, steps) => {
    let found: Found[];
    beforeAll(async () => {
      found = await searched(shortened(plan, steps), seeds);
    }, 600_000);

    it('reaches 95 % of the possible gain in reward under the latency target', () => {
      expect(reaching(found)).toBeGreaterThanOrEqual(most);
    });

    it('lands within 5 % of the target', () => {
      expect(found.filter(({ costs }) => costs.every(isNear)).length).toBeGreaterThanOrEqual(most);
    });
  });
});

it('with all choices open at once, also inside optional blocks, every search reaches 95 % of the gain', async () => {
  const searches = seedsOf(10);
  expect(oneStage.space.choices.some(({ when }) => when.length > 0)).toBe(true);
  expect(reaching(await searched(shortened(untargeted(oneStage), 500), searches))).toBe(searches.length);
}, 120_000);
